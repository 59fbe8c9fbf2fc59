// What goes wrong with a server that is asked, one case an id of the faults' table.

#include "tests/support/query_server.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/tls_peer.hpp"

#include <chrono>
#include <doctest/doctest.h>

namespace davy::collector {
namespace {

using namespace davy::test;
using namespace std::chrono_literals;

// One canary that is asked for raw totals and for a query.
class Faulty {
 public:
  explicit Faulty(const std::string& url) {
    asking.checks = {ratio_check(), query_check("avg(x)")};
    asking.canary = asked_side(url);
  }
  Asking asking;
};

// Everything of such a side says so, and nothing is told of the canary.
void check_blind(const Batch& batch, std::string_view cause) {
  REQUIRE(batch.readings.size() == 1);
  REQUIRE(batch.readings[0].problem.has_value());
  CHECK(batch.readings[0].problem->cause() == cause);
  CHECK(batch.readings[0].problem->message().starts_with("ask http"));
  CHECK(batch.readings[0].samples.empty());
  CHECK(batch.nothing_new);
  REQUIRE(batch.queries.size() == 1);
  CHECK_FALSE(batch.queries[0].value.has_value());
  REQUIRE(batch.queries[0].problem.has_value());
  CHECK(batch.queries[0].problem->kind() != ErrorKind::not_found);
}

// A server in the test's own words.
class Answering {
 public:
  Answering() : server(asking.loop) {
    asking.checks = {ratio_check(), query_check("avg(x)")};
    asking.canary = asked_side(server.url());
    server.respond = [this](const std::string& query) {
      if (query == "time()") return json_response(scalar_answer(asking.unix_now() + ahead_s, "0"));
      if (query == "avg(x)") return json_response(number);
      if (query.starts_with("process")) return json_response(matrix_answer("", more));
      return json_response(raw, status);
    };
    number = scalar_answer(asking.unix_now(), "5");
    raw = matrix_answer(sampled({{asking.unix_now() - 16, 1}, {asking.unix_now() - 1, 2}}));
  }
  static std::string sampled(const std::vector<std::pair<double, double>>& points) {
    return matrix_series("requests_total", R"("code":"200","instance":"c-1")", points);
  }

  Asking asking;
  QueryServer server;
  std::string number, raw, more;
  double ahead_s = 0;
  int status = 200;
};

}  // namespace

TEST_CASE("P01 a server that is down is blindness") {
  std::string url;
  {
    boost::asio::io_context loop;
    url = HostileServer(loop, Script{}).url("");
  }
  Faulty faulty(url);
  check_blind(faulty.asking.round(), "refused");
}

TEST_CASE("P01 a server that resets is blindness") {
  boost::asio::io_context unused;
  Asking asking;
  HostileServer server(asking.loop, Script{"", Then::reset});
  asking.checks = {ratio_check(), query_check("avg(x)")};
  asking.canary = asked_side(server.url(""));
  const Batch batch = asking.round();
  REQUIRE(batch.readings.size() == 1);
  CHECK(batch.readings[0].problem.has_value());
  CHECK(batch.nothing_new);
}

TEST_CASE("P02 a server that hangs costs one deadline for all its queries") {
  Asking asking;
  HostileServer server(asking.loop, Script{"", Then::hang});
  asking.checks = {ratio_check(), query_check("avg(x)")};
  asking.canary = asked_side(server.url(""));
  const auto start = std::chrono::steady_clock::now();
  check_blind(asking.round(), "timeout_headers");
  CHECK(std::chrono::steady_clock::now() - start < 3 * asking.spec.timeout);
  CHECK(server.requests().size() == 4);  // at the same time
}

TEST_CASE("P03 a Retry-After within the deadline is waited for") {
  Answering fake;
  fake.asking.spec.timeout = 3s;
  int refusals = 0;
  const auto normally = fake.server.respond;
  fake.server.respond = [&](const std::string& query) {
    if (query != "avg(x)" || ++refusals > 1) return normally(query);
    net::HttpResponse busy(429, "");
    busy.headers.set("Retry-After", "1");
    return busy;
  };
  const Batch batch = fake.asking.round();
  CHECK(batch.queries.at(0).value == 5.0);
}

TEST_CASE("P03 a Retry-After beyond the deadline is kept to in the rounds that follow") {
  Answering fake;
  fake.server.respond = [&](const std::string&) {
    net::HttpResponse busy(503, "Service Unavailable");
    busy.headers.set("Retry-After", "30");
    return busy;
  };
  check_blind(fake.asking.round(), "busy");
  const std::size_t asked = fake.server.asked.size();
  check_blind(fake.asking.round(), "busy");
  CHECK(fake.server.asked.size() == asked);
}

TEST_CASE("P03 a server that is not ready is blindness") {
  Answering fake;
  fake.server.respond = [&](const std::string&) { return net::HttpResponse(503, "Service Unavailable"); };
  const Batch batch = fake.asking.round();
  check_blind(batch, "busy");
  CHECK(batch.readings[0].problem->message() ==
        "ask " + fake.server.url() + ": 503 Service Unavailable: Service Unavailable");
}

TEST_CASE("P04 a query that the server does not understand is found before the watch begins") {
  Answering fake;
  const auto normally = fake.server.respond;
  for (const int status : {400, 422}) {
    fake.server.respond = [&](const std::string& query) {
      if (query != "avg(x)") return normally(query);
      return json_response(error_answer("bad_data", "1:5: parse error: unclosed left parenthesis"), status);
    };
    const auto checked = run(fake.asking.loop, fake.asking.source().check());
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().kind() == ErrorKind::invalid);
    CHECK(checked.error().message().starts_with("check 'queue', promql.canary: ask http://127.0.0.1:"));
    CHECK(checked.error().message().find("1:5: parse error: unclosed left parenthesis; correct the query") !=
          std::string::npos);
  }
}

TEST_CASE("P04 what may be well tomorrow does not stop the watch from beginning") {
  Answering fake;
  CHECK(run(fake.asking.loop, fake.asking.source().check()).has_value());
  fake.number = vector_answer("");
  CHECK(run(fake.asking.loop, fake.asking.source().check()).has_value());
  fake.server.respond = [](const std::string&) { return net::HttpResponse(503, ""); };
  CHECK(run(fake.asking.loop, fake.asking.source().check()).has_value());
}

TEST_CASE("P05 a partial answer is none unless the policy accepts it and then it is said") {
  Answering fake;
  fake.more = R"(,"warnings":["store-3 did not answer"])";
  const Batch refused = fake.asking.round();
  REQUIRE(refused.readings.size() == 1);
  CHECK(refused.readings[0].problem->cause() == "partial");
  CHECK(refused.readings[0].problem->message().find(
            "store-3 did not answer; accept_partial: true would use it") != std::string::npos);
  CHECK(refused.nothing_new);

  Answering lenient;
  lenient.more = fake.more;
  lenient.asking.canary.prometheus->accept_partial = true;
  const Batch used = lenient.asking.round();
  CHECK_FALSE(used.readings.at(0).problem.has_value());
  CHECK_FALSE(used.nothing_new);
  REQUIRE(used.problems.size() == 1);
  CHECK(used.problems[0].cause() == "partial");
}

TEST_CASE("P06 and P08 a query that gives series or a string is refused at the start") {
  Answering fake;
  const double now = fake.asking.unix_now();
  fake.number =
      vector_answer(vector_series(R"("pod":"a")", now, "1") + "," + vector_series(R"("pod":"b")", now, "2"));
  auto checked = run(fake.asking.loop, fake.asking.source().check());
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().message().find("2 series where one is needed: {pod=\"a\"} and {pod=\"b\"}") !=
        std::string::npos);
  CHECK(fake.asking.round().queries.at(0).problem->cause() == "series");
  fake.number = R"({"status":"success","data":{"resultType":"string","result":[1,"abc"]}})";
  checked = run(fake.asking.loop, fake.asking.source().check());
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().cause() == "type");
}

TEST_CASE("P07 and P09 nothing and NaN are no data of a side that is seen") {
  Answering fake;
  fake.raw = matrix_answer("");
  for (const std::string& number : {vector_answer(""), scalar_answer(1, "NaN"), scalar_answer(1, "+Inf")}) {
    fake.number = number;
    const Batch batch = fake.asking.round();
    CHECK(batch.queries.at(0).problem->kind() == ErrorKind::not_found);
    REQUIRE(batch.readings.size() == 1);
    CHECK_FALSE(batch.readings[0].problem.has_value());
    REQUIRE(batch.problems.size() == 1);
    CHECK(batch.problems[0].message() ==
          "ask " + fake.server.url() + ": no series of the canary's checks; check the selectors and `where`");
  }
}

TEST_CASE("P08 a server that does not answer raw samples with raw samples is not believed") {
  Answering fake;
  fake.raw = vector_answer(vector_series(R"("instance":"c-1")", 1, "5"));
  const Batch batch = fake.asking.round();
  CHECK(batch.readings.at(0).problem->cause() == "type");
}

TEST_CASE("P10 samples older than half the lookback are no data and named as stale") {
  Answering fake;
  const double now = fake.asking.unix_now();
  fake.raw = matrix_answer(Answering::sampled({{now - 215, 1}, {now - 200, 2}}));
  const Batch batch = fake.asking.round();
  REQUIRE(batch.readings.size() == 1);
  CHECK_FALSE(batch.readings[0].problem.has_value());
  CHECK(batch.readings[0].samples.empty());
  REQUIRE(batch.problems.size() == 1);
  CHECK(batch.problems[0].kind() == ErrorKind::not_found);
  CHECK(batch.problems[0].cause() == "stale");
}

TEST_CASE("P10 series that end are no data from then on and not what they were before") {
  Answering fake;
  fake.asking.checks = {ratio_check()};
  auto builder = *WindowBuilder::create(fake.asking.checks, fake.asking.canary, SideSpec{},
                                        {Duration::zero(), 10min, 5s});
  builder.add(fake.asking.round());
  builder.start_release(fake.asking.clock->now());
  const Window& window = *builder.window("errors");
  for (int i = 0; i < 6; ++i) {  // 30 s: two of its intervals are waited for
    fake.asking.clock->advance(5s);
    builder.add(fake.asking.round());
  }
  CHECK(window.ticks.empty());
  for (int i = 0; i < 40; ++i) {
    fake.asking.clock->advance(5s);
    builder.add(fake.asking.round());
  }
  CHECK(window.ticks.size() == 40);
  CHECK_FALSE(window.ticks.back().canary.at(0).present);
  CHECK_FALSE(window.canary.series_found);
  CHECK(sees(window.canary));
  CHECK(window.canary.problem->cause() == "stale");
  // What comes back goes on from where it was, and no tick is shorter than nothing.
  const double now = fake.asking.unix_now();
  fake.raw = matrix_answer(Answering::sampled({{now - 16, 30}, {now - 1, 40}}));
  fake.asking.clock->advance(1s);
  builder.add(fake.asking.round());
  CHECK(window.ticks.back().canary.at(0).total == 38);
  for (const Tick& tick : window.ticks) CHECK(tick.length > Duration::zero());
}

TEST_CASE("P11 an answer of 200 MB is left after the limit") {
  Asking asking;
  asking.spec.timeout = 3s;
  asking.spec.body_size_limit = 1024 * 1024;
  std::size_t asked = 0;
  HostileServer server(asking.loop, [&](const std::string&) {
    ++asked;
    Script script;
    script.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
    for (int i = 0; i < 3200; ++i) script.bytes += chunk;
    return script;
  });
  asking.checks = {query_check("avg(x)")};
  asking.canary = asked_side(server.url(""));
  const Batch batch = asking.round();
  CHECK(batch.readings.at(0).problem->cause() == "body_size_limit");
  CHECK(batch.queries.at(0).problem->cause() == "body_size_limit");
}

TEST_CASE("P11 five minutes that are too large are asked for in smaller parts") {
  Answering fake;
  fake.asking.spec.body_size_limit = 2000;
  const auto normally = fake.server.respond;
  fake.server.respond = [&](const std::string& query) {
    return query.find("[300s]") != std::string::npos && query.starts_with("requests")
               ? json_response(std::string(3000, ' '))
               : normally(query);
  };
  CHECK(fake.asking.round().readings.at(0).problem->cause() == "body_size_limit");
  const Batch batch = fake.asking.round();
  CHECK_FALSE(batch.readings.at(0).problem.has_value());
  CHECK_FALSE(batch.nothing_new);
}

TEST_CASE("P12 a gap after a restart is one longer tick and what was counted in it counts") {
  Answering fake;
  fake.asking.checks = {ratio_check()};
  fake.asking.canary = asked_side(fake.server.url(), "", "instance");
  auto builder = *WindowBuilder::create(fake.asking.checks, fake.asking.canary, SideSpec{},
                                        {Duration::zero(), 10min, 5s});
  const double start = fake.asking.unix_now();
  builder.add(fake.asking.round());
  const auto normally = fake.server.respond;
  for (int i = 0; i < 4; ++i) {
    fake.asking.clock->advance(15s);
    fake.server.respond = [](const std::string&) { return net::HttpResponse(503, "Service Unavailable"); };
    builder.add(fake.asking.round());
    CHECK_FALSE(sees(builder.window("errors")->canary));
  }
  CHECK(builder.window("errors")->ticks.empty());
  fake.asking.clock->advance(15s);
  fake.server.respond = normally;
  fake.raw = matrix_answer(Answering::sampled({{start - 16, 1}, {start - 1, 2}, {start + 74, 152}}));
  builder.add(fake.asking.round());
  const Window& window = *builder.window("errors");
  REQUIRE(window.ticks.size() == 1);
  CHECK(window.ticks[0].canary.at(0).total == 150);
  CHECK(seconds(window.ticks[0].length) == doctest::Approx(75).epsilon(0.01));
  CHECK(sees(window.canary));
}

TEST_CASE("P12 samples that a restart has lost are waited for and not counted twice") {
  Answering fake;
  fake.asking.checks = {ratio_check()};
  auto builder = *WindowBuilder::create(fake.asking.checks, fake.asking.canary, SideSpec{},
                                        {Duration::zero(), 10min, 5s});
  const double start = fake.asking.unix_now();
  builder.add(fake.asking.round());
  fake.asking.clock->advance(5s);
  fake.raw = matrix_answer(Answering::sampled({{start - 16, 1}}));  // the newest is gone
  const Batch lost = fake.asking.round();
  CHECK(lost.nothing_new);
  builder.add(lost);
  fake.asking.clock->advance(10s);
  fake.raw = matrix_answer(Answering::sampled({{start - 16, 1}, {start + 14, 12}}));
  builder.add(fake.asking.round());
  REQUIRE(builder.window("errors")->ticks.size() == 1);
  CHECK(builder.window("errors")->ticks[0].canary.at(0).total == 10);
}

TEST_CASE("P13 a server whose clock is five minutes off is not believed") {
  for (const double ahead_s : {300.0, -300.0}) {
    Answering fake;
    fake.ahead_s = ahead_s;
    const Batch batch = fake.asking.round();
    check_blind(batch, "clock");
    CHECK(
        batch.readings[0].problem->message() ==
        fmt::format("ask {}: its clock is 5 min {} ours, so it is not known of when its numbers are; set the "
                    "clocks",
                    fake.server.url(), ahead_s > 0 ? "ahead of" : "behind"));
  }
  Answering near;
  near.ahead_s = 20;
  CHECK_FALSE(near.asking.round().readings.at(0).problem.has_value());
}

TEST_CASE("P14 a certificate that has expired is named as that") {
  Asking asking;
  const Certificate expired = make_certificate("IP:127.0.0.1", -7200, -3600);
  TlsPeer peer(asking.loop, expired, http_answer(scalar_answer(asking.unix_now(), "0"), "application/json"));
  const Scratch scratch;
  std::string url = peer.url();
  url.resize(url.size() - std::string("/metrics").size());
  asking.checks = {ratio_check(), query_check("avg(x)")};
  asking.canary = asked_side(url);
  asking.canary.prometheus->access.tls.ca_file = scratch.write("ca.pem", expired.certificate);
  check_blind(asking.round(), "tls_expired");
}

TEST_CASE("one side's trouble holds both sides' news back") {
  Answering canary;
  HostileServer dead(canary.asking.loop, Script{"", Then::close});
  canary.asking.baseline = asked_side(dead.url(""));
  const Batch batch = canary.asking.round();
  REQUIRE(batch.readings.size() == 2);
  CHECK_FALSE(batch.readings[0].problem.has_value());
  CHECK(batch.readings[1].problem.has_value());
  CHECK(batch.nothing_new);
}

}  // namespace davy::collector
