// What a target can put into a body.

#include "tests/support/scraping.hpp"

#include <zlib.h>

using namespace davy;
using namespace davy::test;
using namespace std::chrono_literals;

namespace {

const std::string gzip_header = "Content-Encoding: gzip\r\n";

std::string gzip(const std::string& plain) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string compressed(const std::string& body) {
  return http_answer(body, "text/plain", "200 OK", gzip_header);
}

}  // namespace

TEST_CASE("a gzip body is read") {
  const TargetReading reading = Scraping().scrape({compressed(gzip("up 1\n"))});
  CHECK_FALSE(reading.problem.has_value());
  CHECK(reading.body_bytes == 5);
}

TEST_CASE("S18 a plain body declared as gzip is an error") {
  CHECK(Scraping().cause({compressed("up 1\n")}) == "bad_gzip");
}

TEST_CASE("S19 a gzip body that is cut or damaged is an error") {
  std::string body = gzip("up 1\ndown 0\n");
  CHECK(Scraping().cause({compressed(body.substr(0, body.size() - 9))}) == "bad_gzip");
  body[body.size() - 6] = static_cast<char>(body[body.size() - 6] ^ 1);
  CHECK(Scraping().cause({compressed(body)}) == "bad_gzip");
}

TEST_CASE("S20 a gzip bomb stops at the body limit") {
  Scraping scraping;
  scraping.spec.timeout = 2s;
  scraping.spec.body_size_limit = 1024 * 1024;
  const std::string bomb = gzip(std::string(200U * 1024 * 1024, '\n'));
  const TargetReading reading = scraping.scrape({compressed(bomb)});
  CHECK(reading.problem->cause() == "body_size_limit");
  CHECK(reading.took < 200ms);
}

TEST_CASE("S21 an encoding that is not known is an error") {
  CHECK(Scraping().cause({http_answer("up 1\n", "text/plain", "200 OK", "Content-Encoding: br\r\n")}) ==
        "unsupported_encoding");
  CHECK(Scraping().cause({http_answer("up 1\n", "text/plain", "200 OK",
                                      "Content-Encoding: gzip, gzip\r\n")}) == "unsupported_encoding");
}

TEST_CASE("S22 a body beyond its limit fails the whole scrape") {
  Scraping scraping;
  scraping.spec.body_size_limit = 1000;
  std::string body;
  while (body.size() < 10'000) body += "up 1\n";
  SUBCASE("with its length declared") { CHECK(scraping.cause({http_answer(body)}) == "body_size_limit"); }
  SUBCASE("without") {
    CHECK(scraping.cause({"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body}) ==
          "body_size_limit");
  }
  SUBCASE("in chunks without end") {
    std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 20'000; ++i) chunks += "5\r\nup 1\n\r\n";
    CHECK(scraping.cause({chunks, Then::hang}) == "body_size_limit");
  }
}

TEST_CASE("S23 too many samples or labels fail the whole scrape with the limit's name") {
  Scraping scraping;
  scraping.spec.sample_limit = 3;
  scraping.spec.label_limit = 2;
  scraping.spec.label_name_length_limit = 10;
  scraping.spec.label_value_length_limit = 10;
  CHECK(scraping.cause({http_answer("a 1\nb 1\nc 1\nd 1\n")}) == "sample_limit");
  CHECK(scraping.cause({http_answer("a{x=\"1\",y=\"1\",z=\"1\"} 1\n")}) == "label_limit");
  CHECK(scraping.cause({http_answer("a{a_very_long_name=\"1\"} 1\n")}) == "label_name_length_limit");
  CHECK(scraping.cause({http_answer("a{x=\"12345678901\"} 1\n")}) == "label_value_length_limit");
  CHECK(scraping.scrape({http_answer("a 1\nb 1\nc 1\n")}).samples.size() == 3);
}

TEST_CASE("S33 targets beyond target_limit are problems and not scraped") {
  Scraping scraping;
  scraping.spec.target_limit = 10;
  HostileServer server(scraping.loop, Script{http_answer("up 1\n")});
  std::vector<std::string> targets;
  for (int i = 0; i < 5000; ++i) targets.push_back(server.url("/" + std::to_string(i)));
  const Batch batch = scraping.round(targets);
  REQUIRE(batch.readings.size() == 5000);
  CHECK(server.requests().size() == 10);
  CHECK(batch.readings[4999].problem->cause() == "target_limit");
}

TEST_CASE("S35 OpenMetrics without # EOF is an error") {
  CHECK(Scraping().cause({http_answer("up 1\n", "application/openmetrics-text")}) == "parse");
}
