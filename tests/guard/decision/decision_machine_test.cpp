#include "guard/decision/decision_machine.hpp"

#include <doctest/doctest.h>
#include <set>

namespace davy::guard {
namespace {

using namespace std::chrono_literals;

constexpr auto all_phases = [] {
  std::array<Phase, phase_count> phases{};
  for (int i = 0; i < phase_count; ++i) phases[static_cast<std::size_t>(i)] = static_cast<Phase>(i);
  return phases;
}();

constexpr auto all_events = [] {
  std::array<Event, event_count> events{};
  for (int i = 0; i < event_count; ++i) events[static_cast<std::size_t>(i)] = static_cast<Event>(i);
  return events;
}();

Verdict verdict(VerdictKind kind) {
  Verdict v;
  v.kind = kind;
  return v;
}

// Plays events one after another and gives the phase after the last.
Phase play(std::initializer_list<Event> events, Phase from = Phase::warming_up) {
  for (const Event event : events) from = step(from, event).next;
  return from;
}

}  // namespace

TEST_CASE("every phase answers every event and the ends are final") {
  for (const Phase phase : all_phases) {
    for (const Event event : all_events) {
      const Step s = step(phase, event);
      CAPTURE(to_text(phase));
      CAPTURE(to_text(event));
      if (is_end(phase) || phase == Phase::idle) CHECK(s == Step{phase, Do::ignore});
      if (s.what == Do::ignore) CHECK(s.next == phase);
      if (s.what == Do::finish || s.what == Do::promote) CHECK(is_end(s.next));
      if (is_end(s.next) && !is_end(phase)) CHECK((s.what == Do::finish || s.what == Do::promote));
    }
  }
}

TEST_CASE("only a breach or a person or the next action of the plan can start a rollback") {
  for (const Phase phase : all_phases) {
    for (const Event event : all_events) {
      if (step(phase, event).what != Do::roll_back) continue;
      const std::set<Event> allowed{Event::breach, Event::operator_rollback, Event::next_action};
      CAPTURE(to_text(phase));
      CAPTURE(to_text(event));
      CHECK(allowed.contains(event));
    }
  }
}

TEST_CASE("every phase that is not an end can be reached and can be left") {
  std::set<Phase> reached{Phase::warming_up};
  for (int depth = 0; depth < phase_count; ++depth) {
    for (const Phase phase : std::set<Phase>(reached)) {
      for (const Event event : all_events) reached.insert(step(phase, event).next);
    }
  }
  CHECK(reached.size() == phase_count - 1);  // all but idle
}

TEST_CASE("a bad canary is rolled back and verified") {
  CHECK(play({Event::warmup_over}) == Phase::watching);
  CHECK(play({Event::warmup_over, Event::suspicious}) == Phase::suspecting);
  CHECK(play({Event::warmup_over, Event::suspicious, Event::breach}) == Phase::rolling_back);
  CHECK(play({Event::warmup_over, Event::breach, Event::act_accepted}) == Phase::verifying);
  CHECK(play({Event::warmup_over, Event::breach, Event::act_accepted, Event::verified}) == Phase::healed);
}

TEST_CASE("a suspicion that passes leaves no trace") {
  CHECK(play({Event::warmup_over, Event::suspicious, Event::clear}) == Phase::watching);
}

TEST_CASE("a rollback that does not take falls to the next action and then to a human") {
  const Phase verifying = play({Event::warmup_over, Event::breach, Event::act_accepted});
  CHECK(play({Event::next_action}, verifying) == Phase::rolling_back);
  CHECK(play({Event::not_verified}, verifying) == Phase::needs_human);
  CHECK(play({Event::act_failed}, Phase::rolling_back) == Phase::needs_human);
}

TEST_CASE("a held release is not judged until it is resumed") {
  const Phase held = play({Event::warmup_over, Event::operator_hold});
  CHECK(held == Phase::held);
  CHECK(play({Event::breach}, held) == Phase::held);
  CHECK(play({Event::operator_resume, Event::breach}, held) == Phase::rolling_back);
  CHECK(play({Event::operator_rollback}, held) == Phase::rolling_back);
}

TEST_CASE("blindness holds and ends by itself") {
  const Phase holding = play({Event::warmup_over, Event::must_hold});
  CHECK(holding == Phase::holding);
  CHECK(play({Event::clear}, holding) == Phase::watching);
  CHECK(play({Event::window_undecided}, holding) == Phase::inconclusive);
}

TEST_CASE("nobody can stop a rollback that has begun") {
  for (const Event event :
       {Event::operator_hold, Event::operator_cancel, Event::newer_release, Event::clear}) {
    CHECK(step(Phase::rolling_back, event) == Step{Phase::rolling_back, Do::ignore});
  }
}

TEST_CASE("S38 blindness never rolls back unless the policy says so") {
  Fallbacks defaults;
  const auto event = [&](Duration blind_for, bool over) {
    return classify(verdict(VerdictKind::blind), defaults, Moment{false, over, blind_for, {}});
  };
  CHECK(event(30s, false) == Event::unsure);
  CHECK(event(3min, false) == Event::must_hold);
  CHECK(event(3min, true) == Event::window_undecided);
  defaults.on_blind = Fallback::rollback;
  CHECK(event(30s, false) == Event::unsure);
  CHECK(event(3min, false) == Event::breach);
}

TEST_CASE("an outage of both sides holds by default") {
  const Fallbacks defaults;
  CHECK(classify(verdict(VerdictKind::shared_failure), defaults, {}) == Event::must_hold);
  CHECK(classify(verdict(VerdictKind::shared_failure), defaults, Moment{false, true, {}, {}}) ==
        Event::window_undecided);
}

TEST_CASE("no verdict passes a window but a healthy one unless a fallback says pass") {
  const Moment over{false, true, {}, {}};
  for (const VerdictKind kind : {VerdictKind::not_enough_data, VerdictKind::no_data, VerdictKind::blind,
                                 VerdictKind::suspicious, VerdictKind::shared_failure, VerdictKind::hold}) {
    CAPTURE(to_text(kind));
    CHECK(classify(verdict(kind), Fallbacks{}, over) == Event::window_undecided);
  }
  CHECK(classify(verdict(VerdictKind::healthy), Fallbacks{}, over) == Event::window_passed);
  Fallbacks lenient;
  lenient.on_inconclusive = Fallback::pass;
  CHECK(classify(verdict(VerdictKind::not_enough_data), lenient, over) == Event::window_passed);
}

TEST_CASE("mode observe never acts") {
  Fallbacks observing;
  observing.observe_only = true;
  observing.on_blind = observing.on_no_data = observing.on_inconclusive = observing.on_shared_failure =
      Fallback::rollback;
  for (int kind = 0; kind <= static_cast<int>(VerdictKind::blind); ++kind) {
    for (const bool over : {false, true}) {
      const Event event =
          classify(verdict(static_cast<VerdictKind>(kind)), observing, Moment{false, over, 1h, 1h});
      CHECK(event != Event::breach);
    }
  }
}

TEST_CASE("without decide_early a breach waits for the end of the window") {
  Fallbacks patient;
  patient.decide_early = false;
  CHECK(classify(verdict(VerdictKind::breach), patient, {}) == Event::suspicious);
  CHECK(classify(verdict(VerdictKind::breach), patient, Moment{false, true, {}, {}}) == Event::breach);
}

TEST_CASE("a breach while warming up counts when the comparison has its own limits for that") {
  Verdict breach = verdict(VerdictKind::breach);
  const Moment warming{true, false, {}, {}};
  CHECK(classify(breach, {}, warming) == Event::suspicious);
  breach.judges_warmup = true;
  CHECK(classify(breach, {}, warming) == Event::breach);
}

TEST_CASE("a window is passed early only when it is sure and long enough and the policy lets it") {
  Verdict healthy = verdict(VerdictKind::healthy);
  Moment moment;
  CHECK(classify(healthy, {}, moment) == Event::clear);
  moment.soaked = true;
  CHECK(classify(healthy, {}, moment) == Event::clear);
  healthy.sure = true;
  CHECK(classify(healthy, {}, moment) == Event::window_passed);
  moment.soaked = false;
  CHECK(classify(healthy, {}, moment) == Event::clear);
  moment.soaked = true;
  Fallbacks patient;
  patient.decide_early = false;
  CHECK(classify(healthy, patient, moment) == Event::clear);
}

}  // namespace davy::guard
