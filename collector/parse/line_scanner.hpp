#pragma once

// Cuts a body into lines at "\n". Whether the last one ended in "\n" can be asked, since one format cares.

#include <cstddef>
#include <cstring>
#include <string_view>

namespace davy::collector {

class LineScanner {
 public:
  explicit LineScanner(std::string_view body) : at_(body.data()), end_(body.data() + body.size()) {}

  // False behind the last line. A body that ends in "\n" has no empty line behind it.
  bool next(std::string_view& line) {
    if (at_ == end_) return false;
    const auto* feed = static_cast<const char*>(std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_)));
    const char* const line_end = feed == nullptr ? end_ : feed;
    line = {at_, static_cast<std::size_t>(line_end - at_)};
    at_ = feed == nullptr ? end_ : feed + 1;
    ++number_;
    return true;
  }

  std::size_t number() const { return number_; }  // of the line last given, from 1

 private:
  const char* at_;
  const char* end_;
  std::size_t number_ = 0;
};

}  // namespace davy::collector
