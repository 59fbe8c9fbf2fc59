#pragma once

// How we prove who we are to an HTTP peer, and how we check who the peer is, in the words of a Prometheus
// scrape block. Files are named here and read when they are needed, so that a rotated secret is picked up
// without a restart. The policy reads it, collector and rollback carry it, core/net acts on it.

#include "core/base/secret.hpp"

#include <string>
#include <utility>
#include <vector>

namespace davy {

struct TlsAccess {
  std::string ca_file;    // PEM; empty = the system's trust store
  std::string cert_file;  // PEM client certificate, with key_file
  std::string key_file;
  std::string ca_pem;  // the same as text, where a kubeconfig holds them inline
  std::string cert_pem;
  Secret key_pem;
  std::string server_name;            // empty = the URL's host
  std::string min_version = "TLS12";  // or TLS13
  bool insecure_skip_verify = false;  // accepted because people paste it; said in a warning
  bool operator==(const TlsAccess&) const = default;
};

struct HttpAccess {
  TlsAccess tls;
  std::string basic_username;  // basic_auth: a name and the file or variable that holds the password
  std::string basic_password_file;
  std::string basic_password_env;
  std::string authorization_type =
      "Bearer";  // authorization: the scheme and the file or variable with the credentials
  std::string credentials_file;
  std::string credentials_env;
  Secret credentials;  // or the credentials themselves, where a kubeconfig holds them inline
  std::vector<std::pair<std::string, std::string>> headers;  // http_headers: plain values, never secrets
  bool follow_redirects = false;                             // same scheme, host and port only
  bool operator==(const HttpAccess&) const = default;
};

}  // namespace davy
