#include "rollback/http/http_options.hpp"

#include "config/http_access_section.hpp"
#include "config/section.hpp"
#include "rollback/http/http_actuator.hpp"

#include <boost/json/parse.hpp>

namespace davy::rollback {
namespace {

JsonExpectation read_expectation(const config::Section& in) {
  JsonExpectation expectation;
  expectation.pointer = in.text("pointer").value_or("");
  expectation.equals = in.text("equals").value_or("");
  if (!expectation.pointer.empty() && expectation.pointer.front() != '/') {
    in.problem("pointer", "a JSON pointer starts with /", "write it like /status or /result/phase");
  }
  if (expectation.pointer.empty() != expectation.equals.empty()) {
    in.problem_here("pointer and equals belong together",
                    "name the place in the answer and the text it must hold");
  }
  return expectation;
}

void check_body(const config::Section& in, const HttpOptions& http) {
  if (http.body.empty()) return;
  const auto filled = fill_json_template(http.body, template_values(sample_action()));
  if (!filled) {
    in.problem("body", filled.error().message());
    return;
  }
  boost::json::error_code ec;
  boost::json::parse(*filled, ec);
  if (ec)
    in.problem("body", "the body is not JSON: " + ec.message(),
               "put placeholders inside quotes: \"{{service}}\"");
}

}  // namespace

HttpOptions read_http_options(const config::Section& in) {
  HttpOptions http;
  http.url = in.required_url("url");
  http.method = in.choice<std::string>(
                      "method", {{"POST", "POST"}, {"PUT", "PUT"}, {"PATCH", "PATCH"}, {"DELETE", "DELETE"}})
                    .value_or(http.method);
  http.headers = in.text_map("headers");
  http.body = in.text("body").value_or("");
  http.timeout = in.duration("timeout").value_or(http.timeout);
  http.access = config::read_http_access(in);
  if (const auto signature = in.section("signature")) {
    http.signature_secret_file = signature->text("secret_file").value_or("");
    http.signature_secret_env = signature->text("secret_env").value_or("");
    if (http.signature_secret_file.empty() == http.signature_secret_env.empty()) {
      signature->problem_here("a signature needs one secret", "write secret_file or secret_env");
    }
    signature->finish();
  }
  if (const auto success = in.section("success")) {
    for (const auto status : success->count_list("status", 100, 599))
      http.success_statuses.push_back(static_cast<int>(status));
    http.success = read_expectation(*success);
    success->finish();
  }
  if (const auto verify = in.section("verify")) {
    http.verify_url = verify->required_url("url");
    http.verify = read_expectation(*verify);
    if (http.verify.pointer.empty())
      verify->problem_here("verify needs pointer and equals",
                           "say what the answer holds once the rollback is in effect");
    verify->finish();
  }
  check_body(in, http);
  in.finish();
  return http;
}

}  // namespace davy::rollback
