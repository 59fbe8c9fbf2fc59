#include "core/telemetry/self_metrics.hpp"

#include <algorithm>
#include <iterator>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace davy::telemetry {
namespace {

std::string cause_label(const Error& problem) {
  // Statuses and unforeseen causes share one value each: the set stays closed.
  const std::string_view cause = problem.cause();
  return cause.starts_with("http_") ? "http_status" : std::string(cause.substr(0, 40));
}

}  // namespace

struct SelfMetrics::Families {
  explicit Families(const std::string& service) : labels{{"service", service}} {}

  prometheus::Family<prometheus::Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Labels(labels).Register(registry);
  }
  prometheus::Family<prometheus::Gauge>& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Labels(labels).Register(registry);
  }

  prometheus::Labels labels;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Gauge>& build = gauge("davy_build_info", "Which Davy this is; always 1.");
  prometheus::Family<prometheus::Counter>& events = counter("davy_events_total", "What happened, by kind.");
  prometheus::Family<prometheus::Counter>& scrapes =
      counter("davy_scrapes_total", "Scrapes by side and outcome.");
  prometheus::Family<prometheus::Gauge>& targets_up =
      gauge("davy_targets_up", "Targets that answered the last scrape.");
  prometheus::Family<prometheus::Gauge>& targets = gauge("davy_targets", "Targets that discovery named.");
  prometheus::Family<prometheus::Counter>& samples =
      counter("davy_scrape_samples_total", "Samples read from targets.");
  prometheus::Family<prometheus::Counter>& bytes =
      counter("davy_scrape_body_bytes_total", "Decompressed bytes read.");
  prometheus::Histogram& duration =
      prometheus::BuildHistogram()
          .Name("davy_scrape_duration_seconds")
          .Help("How long scrapes took.")
          .Labels(labels)
          .Register(registry)
          .Add({}, prometheus::Histogram::BucketBoundaries{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
                                                           5, 10});
  prometheus::Family<prometheus::Gauge>& phase =
      gauge("davy_phase", "1 for the phase the release is in, 0 for others.");
  prometheus::Gauge& journal_ok = gauge("davy_journal_ok", "1 while decisions are recorded durably.").Add({});
  prometheus::Gauge& action_ready =
      gauge("davy_action_ready", "1 while the deploy system can be reached.").Add({});
};

SelfMetrics::SelfMetrics(std::string service, std::string version)
    : families_(std::make_unique<Families>(service)) {
  families_->build.Add({{"version", version}}).Set(1);
  for (int i = 0; i < event_kind_count; ++i) {
    families_->events.Add({{"kind", std::string(to_text(static_cast<EventKind>(i)))}});
  }
}

SelfMetrics::~SelfMetrics() = default;

void SelfMetrics::count(const Event& event) {
  families_->events.Add({{"kind", std::string(to_text(event.kind))}}).Increment();
}

void SelfMetrics::observe(const Batch& batch) {
  for (const Side side : {Side::canary, Side::baseline}) {
    const std::string name(to_text(side));
    double named = 0;
    double up = 0;
    for (const TargetReading& reading : batch.readings) {
      if (!(side == Side::canary ? reading.for_canary : reading.for_baseline)) continue;
      ++named;
      up += reading.problem ? 0 : 1;
      families_->scrapes
          .Add({{"side", name}, {"outcome", reading.problem ? cause_label(*reading.problem) : "ok"}})
          .Increment();
    }
    families_->targets.Add({{"side", name}}).Set(named);
    families_->targets_up.Add({{"side", name}}).Set(up);
  }
  for (const TargetReading& reading : batch.readings) {
    families_->duration.Observe(seconds(reading.took));
    families_->samples.Add({}).Increment(static_cast<double>(reading.sample_count));
    families_->bytes.Add({}).Increment(static_cast<double>(reading.body_bytes));
  }
}

void SelfMetrics::show(const GuardSnapshot& snapshot) {
  for (int i = 0; i < phase_count; ++i) {
    const auto phase = static_cast<Phase>(i);
    families_->phase.Add({{"phase", std::string(to_text(phase))}}).Set(phase == snapshot.phase ? 1 : 0);
  }
  families_->journal_ok.Set(snapshot.journal_ok ? 1 : 0);
  families_->action_ready.Set(snapshot.action_ready ? 1 : 0);
}

std::string SelfMetrics::text() const { return to_text({this}); }

std::string to_text(const std::vector<const SelfMetrics*>& all) {
  std::vector<prometheus::MetricFamily> families;
  for (const SelfMetrics* metrics : all) {
    for (prometheus::MetricFamily& family : metrics->families_->registry.Collect()) {
      const auto same = std::find_if(families.begin(), families.end(),
                                     [&](const auto& known) { return known.name == family.name; });
      if (same == families.end()) {
        families.push_back(std::move(family));
      } else {
        std::move(family.metric.begin(), family.metric.end(), std::back_inserter(same->metric));
      }
    }
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace davy::telemetry
