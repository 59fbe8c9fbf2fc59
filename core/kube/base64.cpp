#include "core/kube/base64.hpp"

#include <openssl/evp.h>

namespace davy::kube {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

Result<std::string> from_base64(std::string_view text) {
  std::string plain(text);
  std::erase_if(plain, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  const std::size_t padding = plain.ends_with("==") ? 2 : plain.ends_with('=') ? 1 : 0;
  // OpenSSL takes padding for zeros wherever it stands.
  if (plain.find('=') < plain.size() - padding) return Error(ErrorKind::malformed, "it is not base64");
  std::string out(plain.size() / 4 * 3 + 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(plain),
                                   static_cast<int>(plain.size()));
  if (size < 0) return Error(ErrorKind::malformed, "it is not base64");
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

}  // namespace davy::kube
