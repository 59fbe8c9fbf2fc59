#pragma once

// What the trials say, in words and with advice: how often this policy would have been wrong, what the
// smallest regression is that each check catches at this traffic, and which limits would fit.

#include "app/tune/trials.hpp"

#include <string>

namespace davy::app::tune {

struct Advice {
  std::string check;
  std::string change;  // "max: 2%"
  std::string why;
};

std::vector<Advice> advice(const config::Policy& policy, const Trials& trials);

std::string to_text(const config::Policy& policy, const Trials& trials);
std::string to_json(const config::Policy& policy, const Trials& trials);

// With no false alarm in n, or k: the most that the true share can be, with 95% confidence (Clopper and
// Pearson 1934).
double at_most(std::size_t k, std::size_t n);

}  // namespace davy::app::tune
