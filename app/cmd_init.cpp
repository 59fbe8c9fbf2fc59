// davy init URL...: looks at what is exposed and writes a policy's first draft.

#include "app/commands.hpp"
#include "collector/parse/reading_sink.hpp"
#include "collector/scrape/scrape_answer.hpp"
#include "config/draft/draft_policy.hpp"
#include "config/policy_loader.hpp"
#include "core/base/text.hpp"
#include "core/net/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace davy::app {
namespace asio = boost::asio;
namespace draft = config::draft;
namespace {

struct InitFlags {
  std::vector<std::string> places;  // the first is the canary's, the others are the baseline's
  std::vector<std::string> canary, baseline;
  std::string service, preset, out;
  bool list = false;
};

constexpr std::chrono::seconds timeout{10};
constexpr std::size_t body_bytes_max = 64U << 20;

bool is_url(std::string_view place) { return place.starts_with("http://") || place.starts_with("https://"); }

// A file's text format is told by its end.
collector::ExpositionFormat format_of_text(std::string_view body) {
  return trim(body).ends_with("# EOF") ? collector::ExpositionFormat::openmetrics
                                       : collector::ExpositionFormat::text;
}

Result<std::vector<Sample>> read_body(std::string_view body, collector::ExpositionFormat format) {
  collector::WantedNames all;
  all.all = true;
  collector::ReadingSink sink(all, {});
  auto read = sink.read(body, format, {});
  if (!read && format == collector::ExpositionFormat::openmetrics)
    read = collector::ReadingSink(all, {}).read(body, collector::ExpositionFormat::text, {});
  if (!read) return read.error();
  if (read->samples.empty()) return Error(ErrorKind::not_found, "no series in it");
  return std::move(read->samples);
}

asio::awaitable<Result<std::vector<Sample>>> fetch(net::HttpClient& client, std::string url) {
  net::HttpRequest request("GET", url);
  request.headers.set("Accept", std::string(collector::accepted_formats(false)));
  request.body_bytes_max = body_bytes_max;
  auto exchange = client.send(std::move(request), net::Deadline::after(timeout));
  const auto response = co_await std::move(exchange);
  if (!response) co_return response.error().within(url);
  const auto format = collector::format_of(*response);
  if (!format) co_return format.error().within(url);
  auto samples = read_body(response->body, *format);
  if (!samples) co_return samples.error().within(url);
  co_return samples;
}

Result<std::vector<Sample>> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error(ErrorKind::not_found,
                 fmt::format("{} is neither a URL nor a file; write http://HOST:PORT/metrics", path));
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  auto samples = read_body(body, format_of_text(body));
  if (!samples) return samples.error().within(path);
  return samples;
}

Result<std::vector<Sample>> look_at(const std::string& place) {
  if (!is_url(place)) return read_file(place);
  asio::io_context loop;
  net::HttpClient client(loop.get_executor(), std::make_shared<net::Resolver>(loop.get_executor()));
  std::optional<Result<std::vector<Sample>>> answer;
  std::exception_ptr failure;
  asio::co_spawn(loop, fetch(client, place), [&](std::exception_ptr e, Result<std::vector<Sample>> samples) {
    failure = e;
    answer = std::move(samples);
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return *answer;
}

// What stands for a file's target.
std::string target_of(const std::string& place) {
  return is_url(place) ? place : "http://CHANGE-ME:9090/metrics";
}

std::string service_of(const InitFlags& flags, const std::string& place) {
  if (!flags.service.empty()) return flags.service;
  if (!is_url(place)) return std::filesystem::path(place).filename().stem().stem().string();
  std::string_view host = std::string_view(place).substr(place.find("//") + 2);
  host = host.substr(0, host.find_first_of(":/"));
  const bool address = host.find_first_not_of("0123456789.[]:") == std::string_view::npos;
  return address ? "my-service" : std::string(host.substr(0, host.find('.')));
}

int list_presets() {
  for (const draft::Preset& preset : draft::presets()) fmt::print("{:<20}{}\n", preset.name, preset.title);
  return 0;
}

Result<draft::DraftInput> survey(const InitFlags& flags) {
  std::vector<std::string> canary = flags.canary, baseline = flags.baseline;
  for (const std::string& place : flags.places) (canary.empty() ? canary : baseline).push_back(place);
  if (canary.empty())
    return Error(ErrorKind::invalid, "nothing to look at; write davy init http://HOST:PORT/metrics");
  draft::DraftInput input;
  input.service = service_of(flags, canary.front());
  for (const auto* side : {&canary, &baseline}) {
    for (const std::string& place : *side) {
      const auto samples = look_at(place);
      if (!samples) return samples.error();
      input.survey.add(*samples);
      (side == &canary ? input.canary : input.baseline).push_back(target_of(place));
    }
  }
  return input;
}

std::string name_of(const draft::Recognised& found) {
  if (found.exporter != nullptr) return std::string(found.exporter->title);
  if (found.preset != nullptr) return std::string(found.preset->title);
  return fmt::format("{}, no system that is known by name",
                     found.runtime.empty() ? "something" : found.runtime);
}

ExitCode init(const InitFlags& flags) {
  if (flags.list) return static_cast<ExitCode>(list_presets());
  const draft::Preset* preset = flags.preset.empty() ? nullptr : draft::find_preset(flags.preset);
  if (!flags.preset.empty() && preset == nullptr) {
    fmt::print(stderr, "davy: there is no preset {}; davy init --list names them\n", printable(flags.preset));
    return ExitCode::usage;
  }
  const auto input = survey(flags);
  if (!input) {
    fmt::print(stderr, "davy: {}\n", printable(input.error().message(), 1000));
    return input.error().kind() == ErrorKind::invalid ? ExitCode::usage : ExitCode::blind;
  }
  const auto found = draft::recognise(input->survey, preset);
  const draft::Draft made = draft::draft_policy(*input, found);
  fmt::print(stderr, "recognised: {}\n", name_of(found));
  if (found.exporter != nullptr) {
    fmt::print(stderr,
               "davy: {} tells of no requests, so two versions cannot be compared by it; give davy init your "
               "service's own /metrics\n",
               found.exporter->title);
    return ExitCode::inconclusive;
  }
  for (const std::string& remark : made.remarks) fmt::print(stderr, "note: {}\n", remark);
  if (!made.usable) {
    fmt::print(stderr,
               "davy: nothing that could be judged was found; does the service count its requests by status, "
               "or time them in a histogram?\n");
    return ExitCode::inconclusive;
  }
  if (flags.out.empty()) {
    fmt::print("{}", made.text);
    return ExitCode::pass;
  }
  if (std::filesystem::exists(flags.out)) {
    fmt::print(stderr, "davy: {} exists and is not written over; name another file with --out\n", flags.out);
    return ExitCode::usage;
  }
  std::ofstream file(flags.out, std::ios::binary);
  file << made.text;
  if (!file.flush()) {
    fmt::print(stderr, "davy: cannot write {}\n", flags.out);
    return ExitCode::usage;
  }
  fmt::print(stderr, "written: {0}. Next: davy check {0} && davy doctor {0}\n", flags.out);
  return ExitCode::pass;
}

}  // namespace

void add_init(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("init", "Look at a service's metrics and write a policy's first draft");
  const auto flags = std::make_shared<InitFlags>();
  command->add_option(
      "places", flags->places,
      "URLs of /metrics (or saved answers): the first is the canary's, the others are the baseline's");
  command->add_option("--canary", flags->canary, "The new version's instances");
  command->add_option("--baseline", flags->baseline, "The old version's instances");
  command->add_option("--service", flags->service, "Its name; taken from the host by default");
  command->add_option("--preset", flags->preset, "Do not guess what it is: a name of --list");
  command->add_option("--out", flags->out, "Write it here; an existing file is left alone");
  command->add_flag("--list", flags->list, "The systems that are known by name");
  command->footer(
      "Example: davy init --canary http://new:9090/metrics --baseline http://old:9090/metrics --out "
      "checkout.yaml");
  command->callback([&run, flags] { run = [flags] { return init(*flags); }; });
}

}  // namespace davy::app
