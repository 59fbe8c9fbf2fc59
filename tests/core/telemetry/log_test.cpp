#include "core/telemetry/log.hpp"

#include "core/telemetry/self_metrics.hpp"

#include <doctest/doctest.h>

namespace davy::telemetry {
namespace {

Event hostile() {
  Event event;
  event.kind = EventKind::scrape_failed;
  event.release = "r1";
  event.text = "said \"x\"\n2024 error forged\x1b[31m \\";
  event.fields = {{"url", "http://a/\r\n"}};
  return event;
}

}  // namespace

TEST_CASE("no peer can forge a line of the log or colour it") {
  CHECK(Log::line(hostile(), LogFormat::text, "shop") ==
        "[shop r1] said \"x\"\\n2024 error forged\\x1b[31m \\ url=\"http://a/\\\\r\\\\n\"");
  CHECK(
      Log::line(hostile(), LogFormat::json, "shop") ==
      R"("event":"scrape_failed","service":"shop","release":"r1","message":"said \"x\"\\n2024 error forged\\x1b[31m \\","url":"http://a/\\r\\n")");
}

TEST_CASE("every kind of event has a name of its own and a counter from the start") {
  const SelfMetrics metrics("shop", "1.2.3");
  const std::string text = metrics.text();
  for (int i = 0; i < event_kind_count; ++i) {
    const std::string name(to_text(static_cast<EventKind>(i)));
    CAPTURE(name);
    CHECK_FALSE(name.empty());
    CHECK(text.find("kind=\"" + name + "\"") != std::string::npos);
  }
  CHECK(text.find("davy_build_info{service=\"shop\",version=\"1.2.3\"} 1") != std::string::npos);
}

TEST_CASE("scrapes are counted by side and outcome and nothing a peer sends makes a series") {
  SelfMetrics metrics("shop", "1");
  Batch batch;
  TargetReading ok;
  ok.for_canary = true;
  TargetReading failed;
  failed.for_baseline = true;
  failed.problem = Error(ErrorKind::denied, "403", "http_403");
  batch.readings = {ok, failed};
  metrics.observe(batch);
  const std::string text = metrics.text();
  CHECK(text.find("davy_scrapes_total{service=\"shop\",outcome=\"ok\",side=\"canary\"} 1") !=
        std::string::npos);
  CHECK(text.find("outcome=\"http_status\"") != std::string::npos);
  CHECK(text.find("davy_targets_up{service=\"shop\",side=\"baseline\"} 0") != std::string::npos);
}

}  // namespace davy::telemetry
