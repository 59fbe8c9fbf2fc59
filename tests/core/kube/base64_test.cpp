// Base64 and gzip, as checkpoints go through them.

#include "core/kube/base64.hpp"

#include "core/net/inflate.hpp"

#include <doctest/doctest.h>

namespace davy::kube {

TEST_CASE("bytes come back from base64 whatever they are") {
  // The examples of RFC 4648, section 10.
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  std::string bytes;
  for (int i = 0; i < 1000; ++i) {
    CHECK(*from_base64(to_base64(bytes)) == bytes);
    bytes += static_cast<char>(i * 37);
  }
  CHECK(*from_base64("Zm9v\n Ym\r\nFy\n") == "foobar");
}

TEST_CASE("what is not base64 is malformed") {
  for (const char* text : {"Zg=", "Z", "Zm9v!mFy", "Zg===", "=", "===="}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64(text).has_value());
  }
}

TEST_CASE("gzip gives back what went in and nothing of what was cut or damaged") {
  for (const std::size_t size : {0UL, 1UL, 100UL, 100'000UL, 3'000'000UL}) {
    std::string content;
    for (std::size_t i = 0; i < size; ++i) content += static_cast<char>(i * i >> 7U);
    const std::string packed = net::gzip(content);
    std::string out;
    net::Inflater inflater(4'000'000);
    CHECK(inflater.add(packed, out).has_value());
    CHECK(inflater.finish().has_value());
    CHECK(out == content);
    out.clear();
    net::Inflater cut(4'000'000);
    const bool added = cut.add(std::string_view(packed).substr(0, packed.size() - 3), out).has_value();
    CHECK_FALSE((added && cut.finish().has_value()));
  }
}

}  // namespace davy::kube
