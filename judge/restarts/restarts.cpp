#include "judge/restarts/restarts.hpp"

#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "core/model/target.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::judge {
namespace {

struct Incidents {
  double instances = 0;  // seen since the deploy
  double count = 0;
  double ill = 0;  // instances that have any
  double per_instance() const { return instances > 0 ? count / instances : 0; }
};

// The canary's instances are as young as the release, so all that ever happened to them counts; of the
// baseline's, what happened since.
Incidents incidents_of(const Window& window, Side side) {
  Incidents all;
  const auto& names = side == Side::canary ? window.canary.members : window.baseline.members;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::optional<double> first, most;
    for (const Tick& tick : window.ticks) {
      const auto& members = side == Side::canary ? tick.canary : tick.baseline;
      if (tick.at < window.deployed_at || i >= members.size() || !members[i].present) continue;
      if (!first) first = members[i].value;
      most = std::max(most.value_or(0), members[i].value);
    }
    if (!most) continue;
    const double count = side == Side::canary ? *most : *most - *first;
    ++all.instances;
    all.count += count;
    if (count > 0) ++all.ill;
  }
  return all;
}

class Restarts final : public Comparison {
 public:
  explicit Restarts(const Check& check) : check_(check) {}

  Finding compare(const Window& window) override {
    const Incidents canary = incidents_of(window, Side::canary);
    const Incidents baseline = incidents_of(window, Side::baseline);
    Finding finding;
    finding.check = check_.name;
    finding.kind = check_.kind;
    finding.severity = check_.severity;
    finding.unit = Unit::count;
    finding.canary.samples = canary.instances;
    finding.baseline.samples = baseline.instances;
    if (canary.instances > 0) finding.canary.value = canary.count;
    if (baseline.instances > 0) finding.baseline.value = baseline.count;
    finding.limit = check_.max.value_or(0);
    finding.judges_warmup = true;
    const bool over = canary.count > *finding.limit;
    if (over) {
      finding.outcome = Outcome::breach;
      finding.evidence = 1;
      finding.since = since(window, *finding.limit);
      finding.shared_failure = baseline.count > 0 && baseline.per_instance() >= canary.per_instance() / 2;
    } else {
      finding.outcome = canary.instances > 0 ? Outcome::healthy : Outcome::not_enough_data;
    }
    finding.sentence = sentence(window, finding, canary, baseline);
    return finding;
  }

 private:
  // When the count first went over the limit.
  static std::optional<Instant> since(const Window& window, double limit) {
    for (const Tick& tick : window.ticks) {
      if (tick.at < window.deployed_at) continue;
      double count = 0;
      for (const MemberTick& member : tick.canary) count += member.present ? member.value : 0;
      if (count > limit) return tick.at;
    }
    return std::nullopt;
  }

  std::string sentence(const Window& window, const Finding& finding, const Incidents& canary,
                       const Incidents& baseline) const {
    if (canary.instances == 0) return check_.name + ": no instance of the canary has been seen yet";
    std::string text = fmt::format(
        "{}: {} of {} of the canary failed ({})", check_.name, canary.ill,
        counted(canary.instances, "instance"),
        canary.count == 1 ? "1 restart or failure" : to_count(canary.count) + " restarts or failures");
    if (!window.canary.trouble.empty()) text += ", now " + window.canary.trouble;
    text += fmt::format("; baseline {} of {}; limit {}", baseline.count,
                        counted(baseline.instances, "instance"), to_text(*finding.limit, Unit::count));
    if (finding.shared_failure)
      text +=
          "; the baseline's instances fail too, so the cause is not this release: nothing is concluded from "
          "it";
    return text;
  }

  Check check_;
};

}  // namespace

std::unique_ptr<Comparison> make_restarts(const Check& check) { return std::make_unique<Restarts>(check); }

}  // namespace davy::judge
