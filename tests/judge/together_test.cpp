// All checks of a policy together: those that share alpha decide together, and what is surely healthy.

#include "judge/judge.hpp"

#include <cmath>
#include <doctest/doctest.h>

namespace davy::judge {
namespace {

// Says what it is told to.
class Stub final : public Comparison {
 public:
  explicit Stub(Finding finding) : finding_(std::move(finding)) {}
  Finding compare(const Window&) override { return finding_; }

 private:
  Finding finding_;
};

Finding finding_of(const std::string& name, double log_evidence, Outcome outcome = Outcome::not_enough_data) {
  Finding finding;
  finding.check = name;
  finding.outcome = outcome;
  finding.log_evidence = log_evidence;
  finding.suspicious = outcome == Outcome::not_enough_data && log_evidence > std::log(10);
  finding.sentence = name + ": said";
  return finding;
}

Verdict judged(const std::vector<Finding>& findings, double alpha_share = 0.5,
               std::map<Severity, Response> responses = {{Severity::p1, Response::rollback}}) {
  std::vector<Check> checks;
  for (const Finding& finding : findings) {
    Check check;
    check.name = finding.check;
    check.alpha = 0.01;
    check.alpha_share = alpha_share;
    checks.push_back(check);
  }
  std::size_t next = 0;
  Judge judge(checks, std::move(responses),
              [&](const Check&) { return std::make_unique<Stub>(findings[next++]); });
  const Window window;
  return judge.judge(std::vector<const Window*>(findings.size(), &window), Instant{});
}

const double hundred = std::log(100);

}  // namespace

TEST_CASE("two checks that are each half sure decide together") {
  // Each would need 200 alone; the mean of 101 and 100 is more than 100.
  const Verdict verdict = judged({finding_of("errors", std::log(101)), finding_of("latency", hundred)});
  CHECK(verdict.kind == VerdictKind::breach);
  CHECK(verdict.blamed_check == "errors");
  CHECK(verdict.sentence == "errors: said; together with latency it is certain");
  CHECK(verdict.findings[0].outcome == Outcome::breach);
  CHECK(verdict.findings[0].evidence == 1);
  CHECK_FALSE(verdict.findings[0].suspicious);
  CHECK(verdict.findings[1].outcome == Outcome::not_enough_data);
}

TEST_CASE("one check that is half sure decides nothing alone") {
  const Verdict verdict = judged({finding_of("errors", std::log(150)), finding_of("latency", 0)});
  CHECK(verdict.kind == VerdictKind::suspicious);
  CHECK(verdict.blamed_check == "errors");
  CHECK(verdict.sentence == "errors: said");
}

TEST_CASE("the mean decides exactly at one in alpha") {
  CHECK(judged({finding_of("a", std::log(99)), finding_of("b", std::log(100.5))}).kind ==
        VerdictKind::suspicious);
  CHECK(judged({finding_of("a", std::log(99)), finding_of("b", std::log(101.5))}).kind ==
        VerdictKind::breach);
}

TEST_CASE("a check that adds less than a tenth is not named") {
  const Verdict verdict = judged(
      {finding_of("errors", std::log(197)), finding_of("latency", std::log(15)), finding_of("cpu", 0)}, 0.5);
  CHECK(verdict.kind == VerdictKind::breach);
  CHECK(verdict.sentence == "errors: said; with all checks together it is certain");
}

TEST_CASE("checks that share no alpha are not added up") {
  CHECK(judged({finding_of("errors", std::log(500)), finding_of("latency", std::log(500))}, 1).kind ==
        VerdictKind::suspicious);
}

TEST_CASE("evidence beyond any number decides and nothing overflows") {
  CHECK(judged({finding_of("errors", 5000), finding_of("latency", -5000)}).kind == VerdictKind::breach);
}

TEST_CASE("a breach that one check is sure of alone is said as it says it") {
  const Verdict verdict = judged({finding_of("errors", 3), finding_of("latency", 9, Outcome::breach)});
  CHECK(verdict.kind == VerdictKind::breach);
  CHECK(verdict.blamed_check == "latency");
  CHECK(verdict.sentence == "latency: said");
}

TEST_CASE("a shared failure is not made a breach by what all say together") {
  Finding shared = finding_of("errors", 6, Outcome::breach);
  shared.shared_failure = true;
  CHECK(judged({shared, finding_of("latency", 0)}).kind == VerdictKind::shared_failure);
}

TEST_CASE("a check that is blind is never the one that is blamed") {
  const Verdict verdict =
      judged({finding_of("errors", 5, Outcome::source_error), finding_of("latency", std::log(90))});
  CHECK(verdict.blamed_check == "latency");
}

TEST_CASE("surely healthy is when every check is and none leans the other way") {
  const auto healthy = [](double log_evidence) {
    return finding_of("errors", log_evidence, Outcome::healthy);
  };
  CHECK(judged({healthy(-1), healthy(2)}).sure);
  CHECK_FALSE(judged({healthy(-1), healthy(2.4)}).sure);
  const Verdict undecided = judged({healthy(-1), finding_of("latency", -1)});
  CHECK(undecided.kind == VerdictKind::not_enough_data);
  CHECK_FALSE(undecided.sure);
  Finding without = healthy(0);
  without.log_evidence.reset();
  const Verdict verdict = judged({healthy(-1), without});
  CHECK(verdict.kind == VerdictKind::healthy);
  CHECK_FALSE(verdict.sure);
}

TEST_CASE("what only warns is healthy but never surely so") {
  const Verdict verdict =
      judged({finding_of("errors", 9, Outcome::breach)}, 0.5, {{Severity::p1, Response::warn}});
  CHECK(verdict.kind == VerdictKind::healthy);
  CHECK_FALSE(verdict.sure);
}

}  // namespace davy::judge
