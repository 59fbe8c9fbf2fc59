#pragma once

// A server of Prometheus' query API on loopback that answers as the test says, and keeps what it was asked.

#include "collector/promql/promql_source.hpp"
#include "core/net/http_server.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/hostile_server.hpp"
#include "tests/support/rounds.hpp"
#include "tests/support/run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace davy::test {

inline std::string matrix_answer(const std::string& series, const std::string& more = "") {
  return R"({"status":"success","data":{"resultType":"matrix","result":[)" + series + "]}" + more + "}";
}
inline std::string vector_answer(const std::string& series, const std::string& more = "") {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + series + "]}" + more + "}";
}
inline std::string scalar_answer(double at, const std::string& value) {
  return fmt::format(R"({{"status":"success","data":{{"resultType":"scalar","result":[{:.3f},"{}"]}}}})", at,
                     value);
}
inline std::string error_answer(const std::string& type, const std::string& text) {
  return R"({"status":"error","errorType":")" + type + R"(","error":")" + text + R"("})";
}

// {"metric":{...},"values":[[1, "2"], ...]}; labels without braces: a="1",b="2".
inline std::string matrix_series(const std::string& name, const std::string& labels,
                                 const std::vector<std::pair<double, double>>& points) {
  std::string metric = R"("__name__":")" + name + "\"";
  if (!labels.empty()) metric += "," + labels;
  std::string values;
  for (const auto& [at, value] : points)
    values += fmt::format("{}[{:.3f},\"{}\"]", values.empty() ? "" : ",", at, value);
  return R"({"metric":{)" + metric + R"(},"values":[)" + values + "]}";
}
inline std::string vector_series(const std::string& labels, double at, const std::string& value) {
  return fmt::format(R"({{"metric":{{{}}},"value":[{:.3f},"{}"]}})", labels, at, value);
}

class QueryServer {
 public:
  explicit QueryServer(boost::asio::io_context& loop) {
    net::Router router;
    router.add("POST", "/api/v1/query",
               [this](const net::HttpRequest& request,
                      const net::PathValues&) -> boost::asio::awaitable<net::HttpResponse> {
                 const std::string query = net::query_value("/?" + request.body, "query").value_or("");
                 asked.push_back(query);
                 co_return respond(query);
               });
    server =
        std::make_unique<net::HttpServer>(loop.get_executor(), net::HttpServerOptions(), std::move(router));
    REQUIRE(server->start().has_value());
  }
  std::string url() const { return server->origin(); }

  std::vector<std::string> asked;
  std::function<net::HttpResponse(const std::string& query)> respond;
  std::unique_ptr<net::HttpServer> server;
};

inline net::HttpResponse json_response(std::string body, int status = 200) {
  return net::HttpResponse(status, std::move(body), "application/json");
}

inline Check query_check(const std::string& canary, const std::string& baseline = "") {
  Check check;
  check.name = "queue";
  check.kind = CheckKind::promql;
  check.method = Method::threshold;
  check.unit = Unit::count;
  check.min_samples = 1;
  check.lookback = Duration::zero();
  check.canary_query = canary;
  check.baseline_query = baseline;
  check.max = 1000;
  return check;
}

inline SideSpec asked_side(const std::string& url, const std::string& where = "",
                           const std::string& members = "instance") {
  SideSpec side;
  side.prometheus = PrometheusSource{url, {}, false};
  if (!where.empty()) side.where = select(where);
  side.members = members;
  return side;
}

// A source whose servers are scripted and whose clock stands still.
class Asking {
 public:
  Asking() { spec.timeout = std::chrono::milliseconds(300); }

  collector::PromqlSource& source() {
    if (!source_) {
      source_ = std::make_unique<collector::PromqlSource>(
          loop.get_executor(), std::make_shared<net::Resolver>(loop.get_executor()), clock, spec, checks,
          canary, baseline);
    }
    return *source_;
  }
  Batch round() { return run(loop, source().collect(clock->now())); }
  std::vector<Batch> history() { return run(loop, source().history(clock->now())); }
  double unix_now() const { return static_cast<double>(clock->wall().time_since_epoch().count()) / 1000; }

  boost::asio::io_context loop;
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  ScrapeSpec spec;
  std::vector<Check> checks;
  SideSpec canary, baseline;

 private:
  std::unique_ptr<collector::PromqlSource> source_;
};

}  // namespace davy::test
