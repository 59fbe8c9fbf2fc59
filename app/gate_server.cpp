#include "app/gate_server.hpp"

#include "app/follow.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"
#include "core/net/http_client.hpp"
#include "core/net/into.hpp"
#include "core/net/url.hpp"
#include "report/incident_json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace davy::app {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;
constexpr auto between_looks = 1s;
constexpr auto answer_within = 5s;
constexpr std::size_t answer_bytes_max = 8 * 1024 * 1024;

net::HttpClientOptions client_options(const GateFlags& flags) {
  net::HttpClientOptions options;
  options.access.credentials_file = flags.fleet.token_file;
  return options;
}

class ServerGate {
 public:
  ServerGate(const GateFlags& flags, GateOutputs outputs, std::string origin)
      : flags_(flags),
        outputs_(std::move(outputs)),
        origin_(std::move(origin)),
        console_(flags.wanted_colour()),
        client_(loop_.get_executor(), std::make_shared<net::Resolver>(loop_.get_executor()),
                client_options(flags)),
        follower_(flags.start && flags.release.empty() ? made_release() : flags.release) {}

  ExitCode run() {
    std::exception_ptr failure;
    asio::co_spawn(loop_, follow(), [&](std::exception_ptr e) {
      failure = e;
      loop_.stop();
    });
    asio::signal_set signals(loop_, SIGINT, SIGTERM);
    signals.async_wait([this](boost::system::error_code ec, int signal) {
      if (ec) return;
      const bool interrupted = signal == SIGINT;
      stop(interrupted ? ExitCode::interrupted : ExitCode::terminated, interrupted ? "SIGINT" : "SIGTERM");
    });
    asio::steady_timer timeout(loop_);
    if (!flags_.timeout.empty()) {
      timeout.expires_after(*parse_duration(flags_.timeout));
      timeout.async_wait([this](boost::system::error_code ec) {
        if (!ec) stop(ExitCode::timed_out, "--timeout " + flags_.timeout);
      });
    }
    loop_.run();
    if (failure) std::rethrow_exception(failure);
    return code_;
  }

 private:
  std::string made_release() const {
    return fmt::format("{}-{}", flags_.service.empty() ? "release" : flags_.service,
                       SystemClock().wall().time_since_epoch().count());
  }

  std::string url(const std::string& path) const {
    return origin_ + path + (flags_.service.empty() ? "" : "?service=" + percent_encoded(flags_.service));
  }

  // The answer, or an error once the server has been silent for too long; answers that say no are not
  // retried.
  asio::awaitable<Result<net::HttpResponse>> ask(std::string method, std::string path, std::string body) {
    const Instant until = std::chrono::steady_clock::now() + *parse_duration(flags_.blind_after);
    while (true) {
      net::HttpRequest request(method, url(path));
      request.body = body;
      request.body_bytes_max = answer_bytes_max;
      if (!body.empty()) request.headers.set("Content-Type", "application/json");
      auto answer = co_await client_.send(std::move(request), net::Deadline::after(answer_within));
      const bool busy = answer && answer->status >= 500;
      if (answer && !busy) co_return answer;
      if (!answer && !answer.error().retryable()) co_return answer;
      if (std::chrono::steady_clock::now() >= until) {
        if (!answer) co_return answer;
        co_return Error(ErrorKind::unavailable,
                        fmt::format("{} {}: {}", method, url(path), net::to_status_line(answer->status)));
      }
      co_await pause();
    }
  }

  asio::awaitable<void> pause() {
    asio::steady_timer timer(loop_, between_looks);
    boost::system::error_code ignored;
    co_await timer.async_wait(net::into(ignored));
  }

  // False: ended already, and why is said.
  asio::awaitable<bool> start() {
    boost::json::object wanted{{"release", follower_.release()}, {"revision", flags_.revision}};
    if (!flags_.service.empty()) wanted["service"] = flags_.service;
    const auto answer = co_await ask("POST", "/api/v1/releases", boost::json::serialize(wanted));
    if (!answer) {
      unreachable(answer.error());
      co_return false;
    }
    if (answer->ok()) co_return true;
    refused(fmt::format("starting a release at {}: {} {}", origin_, net::to_status_line(answer->status),
                        answer->body));
    co_return false;
  }

  asio::awaitable<void> follow() {
    if (flags_.start && !co_await start()) co_return;
    while (true) {
      const auto answer = co_await ask("GET", "/api/v1/status", "");
      if (!answer) co_return unreachable(answer.error());
      if (!answer->ok())
        co_return refused(fmt::format("{}: {} {}", url("/api/v1/status"), net::to_status_line(answer->status),
                                      answer->body));
      const auto now = read_status(answer->body);
      if (!now) co_return refused(origin_ + ": " + now.error().message());
      const FollowStep step = follower_.see(*now);
      if (step == FollowStep::watch) {
        if (flags_.log == "text") console_.show(*now);
        outputs_.round(*now);
      } else if (step == FollowStep::ask) {
        std::optional<Incident> last;
        const auto told = co_await ask("GET", "/api/v1/incidents/last", "");
        if (!told) co_return unreachable(told.error());
        if (told->ok()) {
          if (auto read = report::read_incident(told->body)) last = std::move(*read);
        }
        if (auto end = follower_.conclude(*now, last)) {
          if (flags_.log == "text") console_.show(*now);
          const ExitCode code = exit_code_for(*end);
          co_return conclude(make_account(std::move(*end), code, flags_.inconclusive_as()));
        }
      }
      co_await pause();
    }
  }

  Incident so_far() const {
    Incident incident = account_of(follower_.last_seen());
    if (incident.service.empty()) incident.service = flags_.service.empty() ? origin_ : flags_.service;
    if (incident.release.empty()) incident.release = follower_.release();
    if (incident.deployed_at == WallTime{}) incident.deployed_at = incident.ended_at = SystemClock().wall();
    return incident;
  }

  void unreachable(const Error& error) {
    fmt::print(stderr, "davy: {}\n", printable(error.message(), 1000));
    Incident incident = so_far();
    incident.sentence =
        fmt::format("the server could not be reached for {}: {}", flags_.blind_after, error.message());
    conclude(make_account(std::move(incident), ExitCode::blind, InconclusiveAs::itself));
  }

  void refused(const std::string& why) {
    fmt::print(stderr, "davy: {}\n", printable(why, 1000));
    code_ = ExitCode::usage;
  }

  void stop(ExitCode because, const std::string& by) {
    report::GateAccount account = make_partial_account(so_far(), because, by);
    account.warning = "the server goes on watching";
    conclude(std::move(account));
    loop_.stop();
  }

  void conclude(report::GateAccount account) {
    console_.finish();
    code_ = static_cast<ExitCode>(account.exit_code);
    for (const std::string& problem : outputs_.write(std::move(account)))
      fmt::print(stderr, "davy: {}\n", printable(problem, 1000));
  }

  const GateFlags& flags_;
  GateOutputs outputs_;
  std::string origin_;
  Console console_;
  asio::io_context loop_;
  net::HttpClient client_;
  Follower follower_;
  ExitCode code_ = ExitCode::timed_out;
};

}  // namespace

ExitCode follow_server(const GateFlags& flags, GateOutputs outputs) {
  const auto url = net::parse_url(flags.server);
  if (!url) {
    fmt::print(stderr, "davy: --server: {}\n", url.error().message());
    return ExitCode::usage;
  }
  return ServerGate(flags, std::move(outputs), url->origin()).run();
}

}  // namespace davy::app
