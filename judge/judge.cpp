#include "judge/judge.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace davy::judge {
namespace {

VerdictKind kind_of(const Finding& finding, Response response) {
  switch (finding.outcome) {
    case Outcome::breach:
      if (finding.shared_failure) return VerdictKind::shared_failure;
      if (response == Response::rollback) return VerdictKind::breach;
      return response == Response::hold ? VerdictKind::hold
                                        : VerdictKind::healthy;  // warn: said, never acted on
    case Outcome::source_error: return VerdictKind::blind;
    case Outcome::not_enough_data:
      if (finding.suspicious)
        return response == Response::warn ? VerdictKind::healthy : VerdictKind::suspicious;
      return finding.nothing_seen ? VerdictKind::no_data : VerdictKind::not_enough_data;
    case Outcome::healthy: return VerdictKind::healthy;
  }
  return VerdictKind::not_enough_data;
}

// Every check controls its errors, is inside its limits, and none leans the other way.
bool surely_healthy(const std::vector<Finding>& findings) {
  constexpr double log_ten = 2.302585092994046;
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    if (finding.kind == CheckKind::restarts) return finding.outcome == Outcome::healthy;
    return finding.outcome == Outcome::healthy && finding.log_evidence && *finding.log_evidence <= log_ten;
  });
}

// Which verdict wins when checks differ.
constexpr std::array<VerdictKind, 8> by_weight{
    VerdictKind::breach, VerdictKind::hold,    VerdictKind::shared_failure,  VerdictKind::suspicious,
    VerdictKind::blind,  VerdictKind::no_data, VerdictKind::not_enough_data, VerdictKind::healthy};

}  // namespace

Verdict summarise(std::vector<Finding> findings, const std::map<Severity, Response>& responses, Instant now) {
  Verdict verdict;
  verdict.at = now;
  verdict.findings = std::move(findings);
  const auto response_to = [&](const Finding& finding) {
    const auto found = responses.find(finding.severity);
    return found == responses.end() ? Response::hold : found->second;
  };
  for (const VerdictKind kind : by_weight) {
    for (const Finding& finding : verdict.findings) {
      if (kind_of(finding, response_to(finding)) != kind) continue;
      verdict.kind = kind;
      verdict.sentence = finding.sentence;
      verdict.judges_warmup = finding.judges_warmup;
      verdict.sure = kind == VerdictKind::healthy && surely_healthy(verdict.findings);
      if (kind != VerdictKind::healthy) verdict.blamed_check = finding.check;
      return verdict;
    }
  }
  return verdict;
}

Judge::Judge(std::vector<Check> checks, std::map<Severity, Response> responses, const ComparisonFactory& make)
    : checks_(std::move(checks)), responses_(std::move(responses)), make_(make) {
  reset();
}

void Judge::reset() {
  comparisons_.clear();
  for (const Check& check : checks_) comparisons_.push_back(make_(check));
}

std::vector<SequentialState> Judge::states() const {
  std::vector<SequentialState> states;
  for (const auto& comparison : comparisons_) states.push_back(comparison->save());
  return states;
}

void Judge::restore(const std::vector<SequentialState>& states) {
  if (states.size() != comparisons_.size()) return;
  for (std::size_t i = 0; i < states.size(); ++i) comparisons_[i]->restore(states[i]);
}

Verdict Judge::judge(const std::vector<const Window*>& windows, Instant now) {
  if (windows.size() != checks_.size()) throw std::logic_error("one window a check");
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    findings.push_back(comparisons_[i]->compare(*windows[i]));
  }
  if (const auto blamed = blamed_together(findings)) accuse(findings, *blamed);
  return summarise(std::move(findings), responses_, now);
}

// The check that contributes most to a breach of all together, where none is sure alone.
std::optional<std::size_t> Judge::blamed_together(const std::vector<Finding>& findings) const {
  double log_sum = -std::numeric_limits<double>::infinity();
  double log_largest = log_sum;
  std::optional<std::size_t> blamed;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Check& check = checks_[i];
    if (findings[i].outcome == Outcome::breach && !findings[i].shared_failure) return std::nullopt;
    if (!findings[i].log_evidence || check.alpha_share >= 1) continue;
    const double log = *findings[i].log_evidence + std::log(check.alpha_share);
    const double high = std::max(log_sum, log);
    log_sum = high + std::log1p(std::exp(std::min(log_sum, log) - high));
    if (log > log_largest && findings[i].outcome != Outcome::source_error) {
      log_largest = log;
      blamed = i;
    }
  }
  if (!blamed || findings[*blamed].shared_failure || log_sum < -std::log(checks_[*blamed].alpha))
    return std::nullopt;
  return blamed;
}

void Judge::accuse(std::vector<Finding>& findings, std::size_t blamed) const {
  // Whoever holds more than a tenth of the evidence is named.
  constexpr double tenth = 2.302585092994046;
  const auto log_of = [&](std::size_t i) {
    return findings[i].log_evidence.value_or(-std::numeric_limits<double>::infinity()) +
           std::log(checks_[i].alpha_share);
  };
  std::vector<std::string> others;
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (i != blamed && checks_[i].alpha_share < 1 && log_of(i) > log_of(blamed) - tenth)
      others.push_back(findings[i].check);
  Finding& finding = findings[blamed];
  finding.outcome = Outcome::breach;
  finding.suspicious = false;
  finding.evidence = 1;
  finding.sentence += others.empty() ? "; with all checks together it is certain"
                                     : "; together with " + join_spoken(others) + " it is certain";
}

}  // namespace davy::judge
