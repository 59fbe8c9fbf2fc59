#pragma once

// Compares computed numbers with a vector's, and says the first difference.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <string>

namespace davy::vectors {

inline constexpr double tolerance = 1e-9;

inline double number(const boost::json::value& value) {
  if (value.is_string() && value.as_string() == "inf") return std::numeric_limits<double>::infinity();
  return value.to_number<double>();
}

class Expect {
 public:
  explicit Expect(const boost::json::object& vector) : vector_(vector) {}

  // Logarithms: absolute.
  void log(const char* name, std::size_t i, double computed) { close(name, i, computed, 1); }
  // Ends of intervals: relative.
  void relative(const char* name, std::size_t i, double computed) {
    close(name, i, computed, std::abs(number(vector_.at(name).as_array().at(i))));
  }
  void value(const char* name, double computed, double allowed) {
    const double expected = number(vector_.at(name));
    if (!(std::abs(computed - expected) <= allowed)) differ(fmt::format("{}", name), expected, computed);
  }
  void text(const char* name, std::size_t i, std::string_view computed) {
    const std::string expected(vector_.at(name).as_array().at(i).as_string());
    if (expected != computed && !difference_)
      difference_ = fmt::format("{}[{}]: expected {}, computed {}", name, i, expected, computed);
  }
  const std::optional<std::string>& difference() const { return difference_; }

 private:
  void close(const char* name, std::size_t i, double computed, double scale) {
    const double expected = number(vector_.at(name).as_array().at(i));
    const bool same =
        std::isinf(expected) ? expected == computed : std::abs(computed - expected) <= tolerance * scale;
    if (!same) differ(fmt::format("{}[{}]", name, i), expected, computed);
  }
  void differ(const std::string& where, double expected, double computed) {
    if (!difference_)
      difference_ = fmt::format("{}: expected {:.17g}, computed {:.17g}", where, expected, computed);
  }

  const boost::json::object& vector_;
  std::optional<std::string> difference_;
};

}  // namespace davy::vectors
