#include "judge/judge.hpp"

#include <array>
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
  return summarise(std::move(findings), responses_, now);
}

}  // namespace davy::judge
