#pragma once

// A TLS server of the test's own, with a certificate made on the spot: any name, any validity, any authority.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string>

namespace davy::test {

// A self-signed certificate and its key, as PEM.
struct Certificate {
  std::string certificate;
  std::string key;
};

inline std::string pem_of(auto write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
  write(bio.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

inline Certificate make_certificate(const std::string& names, long valid_from_s = -3600,
                                    long valid_for_s = 3600) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> x509(X509_new(), X509_free);
  X509_set_version(x509.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), valid_for_s);
  X509_set_pubkey(x509.get(), key.get());
  X509_NAME* name = X509_get_subject_name(x509.get());
  const auto* text = reinterpret_cast<const unsigned char*>("test");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(x509.get(), name);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(x509.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(x509.get(), key.get(), EVP_sha256());
  return {pem_of([&](BIO* bio) { PEM_write_bio_X509(bio, x509.get()); }), pem_of([&](BIO* bio) {
            PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

// Answers every request with `answer`, one a connection, and closes without TLS' goodbye when asked to be
// rude.
class TlsPeer {
 public:
  TlsPeer(boost::asio::io_context& loop, const Certificate& certificate, std::string answer,
          bool rude = false)
      : context_(boost::asio::ssl::context::tls_server),
        acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}),
        answer_(std::move(answer)),
        rude_(rude) {
    context_.use_certificate_chain(boost::asio::buffer(certificate.certificate));
    context_.use_private_key(boost::asio::buffer(certificate.key), boost::asio::ssl::context::pem);
    boost::asio::co_spawn(loop, serve(), [](std::exception_ptr) {});
  }
  std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/metrics";
  }
  boost::asio::ssl::context& context() { return context_; }

 private:
  boost::asio::awaitable<void> serve() {
    while (true) {
      auto socket = co_await acceptor_.async_accept(boost::asio::use_awaitable);
      boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(std::move(socket), context_);
      try {
        co_await stream.async_handshake(boost::asio::ssl::stream_base::server, boost::asio::use_awaitable);
        std::string request;
        co_await boost::asio::async_read_until(stream, boost::asio::dynamic_buffer(request), "\r\n\r\n",
                                               boost::asio::use_awaitable);
        co_await boost::asio::async_write(stream, boost::asio::buffer(answer_), boost::asio::use_awaitable);
        if (!rude_) co_await stream.async_shutdown(boost::asio::use_awaitable);
      } catch (const std::exception&) {  // a client that turns away is what is being tested
      }
    }
  }

  boost::asio::ssl::context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::string answer_;
  bool rude_;
};

}  // namespace davy::test
