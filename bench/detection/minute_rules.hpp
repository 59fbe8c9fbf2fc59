#pragma once

// A rule of another tool as a detector: asked once a minute about all whole minutes since the deploy, the
// last one just over. `S` is the kind of stream and `M` what fill_minutes() makes of it.

#include "bench/detection/detector.hpp"

#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace davy::bench {

template <typename M>
using MinuteRule = std::function<bool(std::span<const M> minutes)>;

template <typename S, typename M>
class MinuteDetector final : public DetectorOf<S> {
 public:
  MinuteDetector(std::string_view name, MinuteRule<M> rule) : name_(name), rule_(std::move(rule)) {}

  std::string_view name() const override { return name_; }

  Detection run(const S& stream) override {
    fill_minutes(stream, minutes_);
    for (std::size_t count = 1; count <= minutes_.size(); ++count)
      if (rule_(std::span(minutes_).first(count))) return {true, 60.0 * static_cast<double>(count)};
    return {};
  }

 private:
  std::string_view name_;
  MinuteRule<M> rule_;
  std::vector<M> minutes_;
};

}  // namespace davy::bench
