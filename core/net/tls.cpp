#include "core/net/tls.hpp"

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>

namespace davy::net {
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace {

Error unusable(const std::string& file, const std::string& what, const boost::system::error_code& ec) {
  return Error(ErrorKind::invalid, fmt::format("cannot use {} as {}: {}", file, what, ec.message()),
               "tls_files");
}

}  // namespace

TlsClientContext::TlsClientContext(TlsAccess access) : access_(std::move(access)) {}

TlsClientContext::FileTimes TlsClientContext::file_times() const {
  FileTimes times;
  for (const std::string& file : {access_.ca_file, access_.cert_file, access_.key_file}) {
    std::error_code ec;
    times.push_back(file.empty() ? std::filesystem::file_time_type{}
                                 : std::filesystem::last_write_time(file, ec));
  }
  return times;
}

Result<std::shared_ptr<ssl::context>> TlsClientContext::current() {
  FileTimes times = file_times();
  if (context_ && times == loaded_) return context_;
  auto fresh = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code ec;
  fresh->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                     ec);
  if (!access_.ca_pem.empty()) {
    if (fresh->add_certificate_authority(asio::buffer(access_.ca_pem), ec); ec)
      return unusable("the inline certificate", "authority", ec);
  } else if (access_.ca_file.empty()) {
    fresh->set_default_verify_paths(ec);
  } else if (fresh->load_verify_file(access_.ca_file, ec); ec) {
    return unusable(access_.ca_file, "tls_config.ca_file", ec);
  }
  if (!access_.cert_pem.empty()) {
    if (fresh->use_certificate_chain(asio::buffer(access_.cert_pem), ec); ec)
      return unusable("the inline certificate", "client certificate", ec);
    if (fresh->use_private_key(asio::buffer(access_.key_pem.reveal()), ssl::context::pem, ec); ec)
      return unusable("the inline key", "client key", ec);
  }
  if (!access_.cert_file.empty()) {
    if (fresh->use_certificate_chain_file(access_.cert_file, ec); ec) {
      return unusable(access_.cert_file, "tls_config.cert_file", ec);
    }
    if (fresh->use_private_key_file(access_.key_file, ssl::context::pem, ec); ec) {
      return unusable(access_.key_file, "tls_config.key_file", ec);
    }
  }
  fresh->set_verify_mode(access_.insecure_skip_verify ? ssl::verify_none : ssl::verify_peer, ec);
  context_ = std::move(fresh);
  loaded_ = std::move(times);
  return context_;
}

}  // namespace davy::net
