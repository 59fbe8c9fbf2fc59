#include "bench/detection/judges.hpp"

#include "bench/detection/rate_judge.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace davy::bench {

const std::vector<std::string_view>& judge_names() {
  static const std::vector<std::string_view> names{"POL", "REC", "RECcold"};
  return names;
}

std::unique_ptr<Detector> make_judge(std::string_view name) {
  const std::string_view known[] = {"POL", "POLcold", "POLplain", "REC", "RECcold", "RECplain"};
  if (std::find(std::begin(known), std::end(known), name) == std::end(known))
    throw std::invalid_argument(fmt::format("no judge is called {}", name));
  RateQuestion question;
  judge::TestOptions& options = question.options;
  if (name.starts_with("POL")) {
    question.limits = {1.5, 0.005, 0.01};
    options.margin = true;
  } else {
    question.limits.ratio = 1;
  }
  if (name.ends_with("plain"))
    options.leave_out_odd_groups = options.skip_shared_outages = options.trust_margin =
        options.believe_floods = options.heed_differences = false;
  question.history = !name.ends_with("cold");
  question.fires = breaches(options.alpha);
  return make_rate_judge(name, question);
}

}  // namespace davy::bench
