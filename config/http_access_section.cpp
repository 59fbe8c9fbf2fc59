#include "config/http_access_section.hpp"

#include "config/document.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

namespace davy::config {
namespace {

// A file or an environment variable, not both; one of them when `needed`.
void read_secret_source(const Section& in, std::string_view what, bool needed, std::string& file,
                        std::string& variable) {
  const std::string file_key = std::string(what) + "_file";
  const std::string variable_key = std::string(what) + "_env";
  file = in.text(file_key).value_or("");
  variable = in.text(variable_key).value_or("");
  if (!file.empty() && !variable.empty()) {
    in.problem_at_key(variable_key, fmt::format("{} and {} are both given", file_key, variable_key),
                      "remove one of the two");
  }
  if (needed && !in.has(file_key) && !in.has(variable_key)) {
    in.problem_here(fmt::format("{} is missing in {}", file_key, in.title()),
                    fmt::format("add {}: /path or {}: NAME", file_key, variable_key));
  }
}

TlsAccess read_tls(const Section& in) {
  TlsAccess tls;
  tls.ca_file = in.text("ca_file").value_or("");
  tls.cert_file = in.text("cert_file").value_or("");
  tls.key_file = in.text("key_file").value_or("");
  tls.server_name = in.text("server_name").value_or("");
  tls.insecure_skip_verify = in.boolean("insecure_skip_verify").value_or(false);
  tls.min_version =
      in.choice<std::string>("min_version", {{"TLS12", "TLS12"}, {"TLS13", "TLS13"}}).value_or("TLS12");
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    in.problem_here("cert_file and key_file go together",
                    tls.key_file.empty() ? "add key_file" : "add cert_file");
  }
  if (tls.insecure_skip_verify) {
    in.warning("insecure_skip_verify",
               "the peer's certificate is not checked: anybody on the path can forge its numbers",
               "name the peer's CA with ca_file");
  }
  in.finish();
  return tls;
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                              "!#$%&'*+-.^_`|~") == std::string_view::npos;
}

// A name and its value, or Prometheus' longer form {values: [...]}.
void read_header(const Section& in, const std::string& name, HttpAccess& access) {
  const std::string lower = to_lower(name);
  if (lower == "authorization" || lower == "proxy-authorization" || lower == "cookie" ||
      is_secret_key(name)) {
    in.problem_at_key(name,
                      fmt::format("the header {} carries a secret and must not stand in a policy", name),
                      "use authorization: {credentials_file: ...} or basic_auth");
    in.has(name);
    return;
  }
  if (lower == "host" || lower == "content-length" || lower == "transfer-encoding" || lower == "connection" ||
      lower == "accept-encoding" || lower == "content-encoding") {
    in.problem_at_key(name, fmt::format("the header {} is Davy's own", name), "remove it");
    in.has(name);
    return;
  }
  if (!is_header_name(name)) {
    in.problem_at_key(name, fmt::format("'{}' is not the name of a header", printable(name, 60)),
                      "write letters, digits and dashes, like X-Scope-OrgID");
  }
  if (!in.is_section(name)) {
    if (const auto value = in.text(name)) access.headers.emplace_back(name, *value);
    return;
  }
  const std::optional<Section> longer = in.section(name);
  for (const std::string& value : longer->text_list("values")) access.headers.emplace_back(name, value);
  for (const std::string_view key : {"secrets", "files"}) {
    if (longer->has(key)) {
      longer->problem_at_key(key, fmt::format("{} of a header is not available in this version", key),
                             "use authorization: {credentials_file: ...}");
    }
  }
  longer->finish();
}

}  // namespace

HttpAccess read_http_access(const Section& in) {
  HttpAccess access;
  if (const auto basic = in.section("basic_auth")) {
    access.basic_username = basic->required_text("username");
    read_secret_source(*basic, "password", true, access.basic_password_file, access.basic_password_env);
    basic->finish();
  }
  if (const auto authorization = in.section("authorization")) {
    access.authorization_type = authorization->text("type").value_or("Bearer");
    if (equal_ignoring_case(access.authorization_type, "Basic")) {
      authorization->problem("type", "type: Basic is written with basic_auth",
                             "use basic_auth: {username, password_file}");
    }
    read_secret_source(*authorization, "credentials", true, access.credentials_file, access.credentials_env);
    authorization->finish();
    if (in.has("basic_auth")) {
      in.problem_at_key("authorization", "basic_auth and authorization are both given",
                        "remove one of the two");
    }
  }
  if (const auto tls = in.section("tls_config")) access.tls = read_tls(*tls);
  if (const auto headers = in.section("http_headers")) {
    for (const std::string& name : headers->keys()) read_header(*headers, name, access);
    headers->finish();
  }
  access.follow_redirects = in.boolean("follow_redirects").value_or(false);
  return access;
}

}  // namespace davy::config
