#pragma once

// What the text format's TYPE lines have said so far; of a repeated name the latest counts. Nearly every
// sample belongs to the line just read: only a body that interleaves its families pays for an index of all of
// them. Views into the body are kept, so the body must outlive this.

#include "core/model/metric.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace davy::collector {

class TextFamilies {
 public:
  explicit TextFamilies(std::string_view body) : body_(body) {}

  void declare(std::string_view name, MetricType type);
  MetricType type_of(std::string_view sample_name);

 private:
  struct Family {
    std::string_view name;
    MetricType type = MetricType::unknown;
  };

  std::string_view body_;
  std::vector<Family> families_;
  std::deque<std::string> unescaped_names_;  // those that are not in the body as they are
  std::unordered_map<std::string_view, MetricType> index_;
  std::size_t indexed_ = 0;  // of families_
};

}  // namespace davy::collector
