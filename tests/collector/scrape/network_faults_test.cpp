// What a target, or the network before it, can do to a scrape.

#include "tests/support/scraping.hpp"

#include <sys/socket.h>

using namespace davy;
using namespace davy::test;
using namespace std::chrono_literals;

namespace {

const std::string good = http_answer("up 1\n");

std::string closed_port() {
  boost::asio::io_context loop;
  boost::asio::ip::tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
  return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/metrics";
}

}  // namespace

TEST_CASE("S01 a closed port is that target's problem alone and is retried once a round") {
  Scraping scraping;
  HostileServer server(scraping.loop, Script{good});
  const std::string closed = closed_port();
  for (int round = 0; round < 2; ++round) {
    const Batch batch = scraping.round({closed}, {server.url()});
    REQUIRE(batch.readings.size() == 2);
    CHECK(batch.readings[0].problem->cause() == "refused");
    CHECK(batch.readings[0].problem->message() == "scrape " + closed + ": connection refused");
    CHECK_FALSE(batch.readings[1].problem.has_value());
  }
  CHECK(server.requests().size() == 2);
}

TEST_CASE("S02 a connection that is never accepted ends at the deadline") {
  Scraping scraping;
  // A listener whose backlog is full drops what comes next.
  boost::asio::ip::tcp::acceptor acceptor(scraping.loop);
  acceptor.open(boost::asio::ip::tcp::v4());
  acceptor.bind({boost::asio::ip::address_v4::loopback(), 0});
  acceptor.listen(0);
  const auto place = acceptor.local_endpoint();
  std::vector<boost::asio::ip::tcp::socket> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back(scraping.loop).open(boost::asio::ip::tcp::v4());
    waiting.back().native_non_blocking(true);
    (void)::connect(waiting.back().native_handle(), place.data(), static_cast<socklen_t>(place.size()));
  }
  const auto start = std::chrono::steady_clock::now();
  const Batch batch = scraping.round({"http://127.0.0.1:" + std::to_string(place.port()) + "/metrics"});
  CHECK(batch.readings[0].problem->cause() == "timeout_connect");
  CHECK(std::chrono::steady_clock::now() - start < scraping.spec.timeout + 250ms);
}

TEST_CASE("S03 a target that never answers ends at the deadline") {
  CHECK(Scraping().cause({"", Then::hang}) == "timeout_headers");
}

TEST_CASE("S04 headers and then nothing end at the deadline") {
  CHECK(Scraping().cause({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", Then::hang}) == "timeout_body");
}

TEST_CASE("S05 a close behind the headers is a short body and nothing is taken in") {
  CHECK(Scraping().cause({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"}) == "short_body");
}

TEST_CASE("S06 a close within a body of known length is a short body") {
  CHECK(Scraping().cause({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup 1\ndown 0\n"}) == "short_body");
}

TEST_CASE("S07 a close within a chunk is a short body") {
  CHECK(Scraping().cause({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nup 1\n"}) ==
        "short_body");
}

TEST_CASE("S08 a reset within a body is an error and the connection is not used again") {
  Scraping scraping;
  HostileServer server(scraping.loop,
                       Script{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup 1\n", Then::reset});
  for (int round = 0; round < 2; ++round) {
    const Batch batch = scraping.round({server.url()});
    REQUIRE(batch.readings[0].problem.has_value());
    CHECK(batch.readings[0].samples.empty());
  }
  CHECK(server.connections() == 2);
}

TEST_CASE("S09 one byte at a time does not stretch the deadline") {
  Scraping scraping;
  const auto start = std::chrono::steady_clock::now();
  const std::string cause = scraping.cause({http_answer(std::string(1000, '\n')), Then::close, 1, 20ms});
  CHECK(cause.starts_with("timeout_"));
  CHECK(std::chrono::steady_clock::now() - start < scraping.spec.timeout + 250ms);
}

TEST_CASE("S10 an answer in single bytes reads like one in a piece") {
  Scraping scraping;
  scraping.spec.timeout = 2s;
  const TargetReading whole = scraping.scrape({http_answer("a{x=\"1\"} 1\nb 2.5\n")});
  const TargetReading sliced = scraping.scrape({http_answer("a{x=\"1\"} 1\nb 2.5\n"), Then::close, 1});
  CHECK_FALSE(sliced.problem.has_value());
  REQUIRE(sliced.samples.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(sliced.samples[i].value == whole.samples[i].value);
    CHECK(sliced.samples[i].series->labels == whole.samples[i].series->labels);
  }
}

TEST_CASE("S11 a server error is an error with its status and Retry-After changes nothing") {
  for (const char* status :
       {"500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"}) {
    Scraping scraping;
    const TargetReading reading = scraping.scrape({http_answer("", "", status, "Retry-After: 3600\r\n")});
    CHECK(reading.problem->cause() == "http_status");
    CHECK(reading.problem->message().find(status) != std::string::npos);
  }
}

TEST_CASE("S12 a refusal for want of credentials has its own cause") {
  CHECK(Scraping().cause({http_answer("", "", "401 Unauthorized")}) == "auth");
  CHECK(Scraping().cause({http_answer("", "", "403 Forbidden")}) == "auth");
}

TEST_CASE("S13 a page that is not there is gone") {
  CHECK(Scraping().cause({http_answer("", "", "404 Not Found")}) == "gone");
  CHECK(Scraping().cause({http_answer("", "", "410 Gone")}) == "gone");
}

TEST_CASE("S14 a redirect is not followed and only its host is shown") {
  for (const char* status : {"301 Moved Permanently", "302 Found", "307 Temporary Redirect"}) {
    Scraping scraping;
    const TargetReading reading = scraping.scrape(
        {http_answer("", "", status, "Location: http://other.example/steal?token=secret\r\n")});
    CHECK(reading.problem->cause() == "redirect");
    CHECK(reading.problem->message().find("other.example") != std::string::npos);
    CHECK(reading.problem->message().find("secret") == std::string::npos);
  }
}

TEST_CASE("S15 a login page is an error with its first bytes escaped") {
  Scraping scraping;
  const TargetReading reading =
      scraping.scrape({http_answer("<!DOCTYPE html>\n\x1b[31m<title>Log in</title>", "text/html")});
  CHECK(reading.problem->cause() == "parse");
  CHECK(reading.problem->message().ends_with(
      "HTML instead of metrics: <!DOCTYPE html>\\n\\x1b[31m<title>Log in</title>"));
}

TEST_CASE("S16 nothing is no series and not all zero") {
  CHECK(Scraping().cause({"HTTP/1.1 204 No Content\r\n\r\n"}) == "no_series");
  CHECK(Scraping().cause({http_answer("")}) == "no_series");
  CHECK(Scraping().cause({http_answer("# nothing here\n")}) == "no_series");
}

TEST_CASE("S17 a missing or wrong Content-Type is read as text where it is like text") {
  CHECK_FALSE(Scraping().scrape({http_answer("up 1\n", "")}).problem.has_value());
  CHECK_FALSE(Scraping().scrape({http_answer("up 1\n", "text/csv")}).problem.has_value());
  CHECK(Scraping().cause({http_answer("{\"up\": 1}", "application/json")}) == "content_type");
  CHECK(Scraping().cause({http_answer("up 1\n", "application/openmetrics-text; version=1.0.0")}) == "parse");
}

TEST_CASE("a target whose OpenMetrics cannot be read is asked for text from then on") {
  Scraping scraping;
  HostileServer server(scraping.loop, [](const std::string& head) {
    const bool openmetrics = head.find("openmetrics") != std::string::npos;
    return Script{openmetrics ? http_answer("up 1\n", "application/openmetrics-text") : good};
  });
  CHECK(scraping.round({server.url()}).readings[0].problem->cause() == "parse");
  CHECK_FALSE(scraping.round({server.url()}).readings[0].problem.has_value());
}

TEST_CASE("one URL that speaks for both sides is scraped once") {
  Scraping scraping;
  HostileServer server(scraping.loop, Script{good});
  const Batch batch = scraping.round({server.url()}, {server.url()});
  REQUIRE(batch.readings.size() == 1);
  CHECK(batch.readings[0].for_canary);
  CHECK(batch.readings[0].for_baseline);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a canary that hangs in every place does not delay the baseline") {
  Scraping scraping;
  HostileServer hanging(scraping.loop, Script{"", Then::hang});
  HostileServer answering(scraping.loop, Script{good});
  std::vector<std::string> canaries;
  for (int i = 0; i < 200; ++i) canaries.push_back(hanging.url("/" + std::to_string(i)));
  const Batch batch = scraping.round(canaries, {answering.url()});
  REQUIRE(batch.readings.size() == 201);
  CHECK_FALSE(batch.readings[200].problem.has_value());
  CHECK(batch.readings[200].took < 100ms);
  CHECK(hanging.connections() <= 200);
}
