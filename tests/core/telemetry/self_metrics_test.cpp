// Davy's own metrics, those of several services as one page.

#include "core/telemetry/self_metrics.hpp"

#include "core/base/text.hpp"

#include <doctest/doctest.h>
#include <set>

namespace davy::telemetry {

TEST_CASE("several services make one page on which each family is explained once") {
  SelfMetrics checkout("checkout", "1.2.3"), basket("basket", "1.2.3");
  Batch batch;
  TargetReading reading;
  reading.for_canary = true;
  batch.readings.push_back(reading);
  checkout.observe(batch);
  GuardSnapshot snapshot;
  snapshot.phase = Phase::watching;
  basket.show(snapshot);
  const std::string page = to_text({&checkout, &basket});
  std::set<std::string> explained;
  std::string family;
  for (const std::string_view line : split(page, '\n')) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      family = std::string(split(line, ' ').at(2));
      CHECK(explained.insert(family).second);
    } else if (!line.starts_with('#') && !line.empty()) {
      CHECK(line.starts_with(family));
      const bool labelled = line.find("service=\"checkout\"") != std::string_view::npos ||
                            line.find("service=\"basket\"") != std::string_view::npos;
      CHECK(labelled);
    }
  }
  CHECK(explained.size() > 5);
  CHECK(page.find("davy_phase{service=\"basket\",phase=\"watching\"} 1") != std::string::npos);
  CHECK(page.find("davy_phase{service=\"checkout\",phase=\"watching\"} 1") == std::string::npos);
}

TEST_CASE("one service's page is its own text") {
  const SelfMetrics metrics("checkout", "1.2.3");
  CHECK(to_text({&metrics}) == metrics.text());
  CHECK(to_text(std::vector<const SelfMetrics*>{}).empty());
}

}  // namespace davy::telemetry
