#include "bench/detection/pass_detectors.hpp"

#include "bench/detection/rate_judge.hpp"
#include "judge/sequential/pass_rule.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace davy::bench {
namespace {

constexpr double tolerance = 1.5;
constexpr double suspicious = 10;  // an e-value that forbids to pass

bool passes(const judge::Evidence& evidence) {
  return evidence.log_inside && *evidence.log_inside >= judge::log_sure_inside &&
         evidence.log_evidence <= std::log(suspicious);
}

}  // namespace

const std::vector<std::string_view>& pass_detector_names() {
  static const std::vector<std::string_view> names{"pass", "breach", "miss"};
  return names;
}

std::unique_ptr<Detector> make_pass_detector(std::string_view name, const Truth& truth) {
  RateQuestion question;
  question.limits.ratio = tolerance;
  question.options.trust_margin = false;
  if (name == "pass")
    question.fires = passes;
  else if (name == "breach")
    question.fires = breaches(question.options.alpha);
  else if (name == "miss")
    question.fires = [ratio = truth.multiplier](const judge::Evidence& evidence) {
      return evidence.ratio && (ratio < evidence.ratio->low || ratio > evidence.ratio->high);
    };
  else
    throw std::out_of_range("no pass detector " + std::string(name));
  return make_rate_judge(name, question);
}

}  // namespace davy::bench
