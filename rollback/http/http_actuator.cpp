#include "rollback/http/http_actuator.hpp"

#include "config/section.hpp"
#include "core/base/text.hpp"
#include "core/net/http_client.hpp"
#include "rollback/http/http_options.hpp"
#include "rollback/http/signature.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::size_t answer_bytes_max = 256 * 1024;
constexpr std::size_t answer_shown_max = 300;

std::string default_body(const Action& action) {
  json::object body;
  for (const auto& [name, value] : template_values(action)) body[name] = value;
  return json::serialize(body);
}

// The text at a JSON pointer: a string's content, or any other value as JSON writes it.
std::optional<std::string> text_at(const std::string& body, const std::string& pointer) {
  json::error_code ec;
  const json::value document = json::parse(body, ec);
  if (ec) return std::nullopt;
  const json::value* found = document.find_pointer(pointer, ec);
  if (found == nullptr) return std::nullopt;
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

ErrorKind kind_for(int status) {
  if (status == 401 || status == 403) return ErrorKind::denied;
  if (status == 404 || status == 410) return ErrorKind::not_found;
  if (status == 412) return ErrorKind::conflict;
  if (status == 408 || status == 425 || status == 429 || status >= 500) return ErrorKind::unavailable;
  return ErrorKind::invalid;
}

class HttpActuator final : public Actuator {
 public:
  HttpActuator(HttpOptions options, const ActuatorParts& parts)
      : options_(std::move(options)), client_(parts.executor, parts.resolver, client_options(options_)) {}

  std::string_view kind() const override { return "http"; }

  asio::awaitable<Result<DeployState>> observe(const Action*) override {
    DeployState state;
    if (options_.verify_url.empty()) {
      state.summary = "http cannot read the state back; the numbers will tell";
      co_return state;
    }
    net::HttpRequest request("GET", options_.verify_url);
    request.body_bytes_max = answer_bytes_max;
    request.headers.set("Accept", "application/json");
    auto response = co_await client_.send(std::move(request), net::Deadline::after(options_.timeout));
    if (!response) co_return response.error().within("GET " + options_.verify_url);
    if (!response->ok()) co_return refused("GET " + options_.verify_url, *response);
    const auto found = text_at(response->body, options_.verify.pointer);
    if (!found) {
      co_return Error(ErrorKind::malformed, fmt::format("GET {}: the answer has nothing at {}",
                                                        options_.verify_url, options_.verify.pointer));
    }
    state.canary_serving = *found != options_.verify.equals;
    state.summary = fmt::format("{} is {}", options_.verify.pointer, printable(*found, 80));
    co_return state;
  }

  Result<ActionPreview> preview(const Action& action) const override {
    const auto body = body_for(action);
    if (!body) return body.error();
    return ActionPreview{
        fmt::format("{} {} with {}", options_.method, options_.url, printable(*body, answer_shown_max))};
  }

  asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override {
    auto body = body_for(action);
    if (!body) co_return body.error();
    net::HttpRequest request(options_.method, options_.url);
    request.body_bytes_max = answer_bytes_max;
    request.headers.set("Content-Type", "application/json");
    for (const auto& [name, value] : options_.headers) request.headers.set(name, value);
    request.headers.set("Idempotency-Key", action.id);
    request.body = std::move(*body);
    if (const auto signed_ok = sign(request, action); !signed_ok) co_return signed_ok.error();
    const std::string what = fmt::format("{} {}", options_.method, options_.url);
    const auto deadline = net::Deadline::after(options_.timeout).or_sooner(action.deadline);
    auto response = co_await client_.send(std::move(request), deadline);
    if (!response) co_return response.error().within(what);
    co_return judge(what, *response);
  }

 private:
  static net::HttpClientOptions client_options(const HttpOptions& options) {
    net::HttpClientOptions client;
    client.access = options.access;
    return client;
  }

  Result<std::string> body_for(const Action& action) const {
    if (options_.body.empty()) return default_body(action);
    return fill_json_template(options_.body, template_values(action));
  }

  // The timestamp is that of the attempt: a receiver refuses old ones.
  Result<void> sign(net::HttpRequest& request, const Action&) const {
    if (options_.signature_secret_file.empty() && options_.signature_secret_env.empty()) return {};
    const auto secret = net::read_secret(options_.signature_secret_file, options_.signature_secret_env);
    if (!secret) return secret.error();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::string timestamp =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    request.headers.set("X-Davy-Timestamp", timestamp);
    request.headers.set("X-Davy-Signature", "sha256=" + sign_body(*secret, timestamp, request.body));
    return {};
  }

  static Error refused(const std::string& what, const net::HttpResponse& response) {
    const std::string body =
        response.body.empty() ? "" : ": " + printable(trim(response.body), answer_shown_max);
    return Error(kind_for(response.status),
                 fmt::format("{}: {}{}", what, net::to_status_line(response.status), body),
                 fmt::format("http_{}", response.status))
        .after(response.retry_after());
  }

  Result<ActionOutcome> judge(const std::string& what, const net::HttpResponse& response) const {
    const auto& wanted = options_.success_statuses;
    const bool status_ok = wanted.empty()
                               ? response.ok()
                               : std::find(wanted.begin(), wanted.end(), response.status) != wanted.end();
    if (!status_ok) return refused(what, response);
    if (!options_.success.pointer.empty()) {
      const auto found = text_at(response.body, options_.success.pointer);
      if (found != options_.success.equals) {
        return Error(ErrorKind::malformed,
                     fmt::format("{}: {} but {} is {}, and success needs {}", what,
                                 net::to_status_line(response.status), options_.success.pointer,
                                 found ? printable(*found, 80) : "absent", options_.success.equals),
                     "success_predicate");
      }
    }
    ActionOutcome outcome;
    outcome.what = what;
    outcome.answer = net::to_status_line(response.status);
    if (!response.body.empty()) outcome.answer += ": " + printable(trim(response.body), answer_shown_max);
    return outcome;
  }

  HttpOptions options_;
  net::HttpClient client_;
};

}  // namespace

std::unique_ptr<Actuator> make_http_actuator(const config::Section& options, const ActuatorParts& parts) {
  HttpOptions http = read_http_options(options);
  if (!options.clean()) return nullptr;
  return std::make_unique<HttpActuator>(std::move(http), parts);
}

TemplateValues template_values(const Action& action) {
  TemplateValues values;
  for (const auto& [name, value] : action.facts) values[name] = value;
  values["service"] = action.service;
  values["release"] = action.release;
  values["revision"] = action.revision;
  values["reason"] = action.reason;
  values["action_id"] = action.id;
  values["purpose"] = std::string(to_text(action.purpose));
  values["decided_at"] = to_rfc3339(action.decided_at);
  return values;
}

Action sample_action() {
  Action action;
  action.id = "checkout-1.rollback.1";
  action.service = "checkout";
  action.release = "checkout-1";
  action.reason = "errors";
  return action;
}

}  // namespace davy::rollback
