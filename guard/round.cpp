// One round of the loop, as architecture describes it: collect, remember, judge, decide, record, act, record,
// verify, tell.

#include "guard/guard.hpp"
#include "guard/record.hpp"

#include <fmt/format.h>

namespace davy::guard {
namespace asio = boost::asio;
using journal::EntryKind;
using telemetry::EventKind;
using telemetry::Level;

asio::awaitable<void> Guard::round() {
  co_await look_for_release();
  drain_requests();
  const Batch batch = co_await parts_.source->collect(parts_.clock->now());
  if (parts_.on_batch) parts_.on_batch(batch);
  parts_.windows->add(batch);
  show(batch);
  if (watching()) {
    if (!release_.armed) co_await arm();
    co_await pace();
    step("R01");
    judge::Judge& judge = release_.phase == Phase::verifying && parts_.verification_judge
                              ? *parts_.verification_judge
                              : *parts_.judge;
    const Verdict verdict = judge.judge(parts_.windows->windows(), parts_.clock->now());
    snapshot_.verdict = verdict;
    if (parts_.on_verdict) parts_.on_verdict(verdict);
    if (release_.phase == Phase::verifying) {
      co_await verify(verdict);
    } else if (release_.phase == Phase::rolling_back) {
      co_await act();  // left half-way by a restart
    } else {
      co_await decide(verdict);
    }
    checkpoint();
  }
  co_await stand_down();
  co_await save();
  publish();
}

Moment Guard::moment(const Verdict& verdict) {
  const Instant now = parts_.clock->now();
  const Duration elapsed = now - release_.deployed_at;
  const auto since = [&](std::optional<Instant>& start, bool is_so) {
    if (!is_so) start.reset();
    if (is_so && !start) start = now;
    return start ? now - *start : Duration::zero();
  };
  Moment moment;
  moment.warming_up = elapsed < options_.warmup;
  moment.window_over = elapsed >= options_.window;
  moment.soaked = elapsed >= options_.window / 2;
  moment.blind_for = since(release_.blind_since, verdict.kind == VerdictKind::blind);
  moment.no_data_for = since(release_.no_data_since, verdict.kind == VerdictKind::no_data);
  return moment;
}

asio::awaitable<void> Guard::decide(const Verdict& verdict) {
  release_.incident.verdict = verdict;
  const Moment now = moment(verdict);
  if (release_.phase == Phase::warming_up && !now.warming_up) co_await take(Event::warmup_over, "");
  if (forced_) {
    using Kind = OperatorRequest::Kind;
    const OperatorRequest request = *forced_;
    const Event event = request.kind == Kind::hold     ? Event::operator_hold
                        : request.kind == Kind::resume ? Event::operator_resume
                        : request.kind == Kind::cancel ? Event::operator_cancel
                                                       : Event::operator_rollback;
    if (request.kind != Kind::rollback_now) forced_.reset();
    const std::string who = request.who.empty() ? "an operator" : request.who;
    const std::string why = fmt::format("{} asked for {}{}", who, to_text(event),
                                        request.reason.empty() ? "" : ": " + request.reason);
    emit(EventKind::operator_request, Level::warning, why);
    if (event == Event::operator_hold) record(EntryKind::request, "\"hold\"");
    if (event == Event::operator_resume) record(EntryKind::request, "\"resume\"");
    if (event == Event::operator_rollback) release_.incident.verdict.sentence = why;
    co_await take(event, why);
    co_return;
  }
  Fallbacks fallbacks = options_.fallbacks;
  const auto own = options_.on_no_data.find(verdict.blamed_check);
  if (own != options_.on_no_data.end()) fallbacks.on_no_data = own->second;
  co_await take(classify(verdict, fallbacks, now), verdict.sentence);
}

asio::awaitable<void> Guard::take(Event event, std::string why) {
  const Phase before = release_.phase;
  const Step next = guard::step(before, event);
  release_.phase = next.next;
  if (next.what == Do::ignore) co_return;
  if (next.next != before) {
    const Level level = next.what == Do::go_on ? Level::info : Level::warning;
    emit(EventKind::phase_changed, level,
         fmt::format("{} -> {}: {}", to_text(before), to_text(next.next), why));
    // The verdict, the answer and the end have lines of their own.
    const bool told_elsewhere =
        is_end(next.next) || next.next == Phase::rolling_back || next.next == Phase::verifying;
    if (!told_elsewhere) note(std::string(to_text(next.next)), why);
  }
  switch (next.what) {
    case Do::roll_back:
      if (event != Event::next_action) decided(release_.incident.verdict);
      co_await act();
      break;
    case Do::promote: co_await promote(); break;
    case Do::finish:
      if (next.next == Phase::observed) decided(release_.incident.verdict);
      finish(why);
      break;
    default: break;
  }
}

void Guard::decided(const Verdict& verdict) {
  Incident& incident = release_.incident;
  incident.detected_s = seconds(parts_.clock->now() - release_.deployed_at);
  for (const Finding& finding : verdict.findings) {
    if (finding.check == verdict.blamed_check && finding.since) {
      incident.onset_s = seconds(*finding.since - release_.deployed_at);
    }
  }
  emit(EventKind::verdict, Level::warning, verdict.sentence);
  note("verdict", verdict.sentence);
  record(EntryKind::verdict,
         to_json(VerdictRecord{verdict.sentence, verdict.blamed_check,
                               incident.onset_s.value_or(*incident.detected_s), *incident.detected_s}));
}

}  // namespace davy::guard
