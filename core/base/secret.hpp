#pragma once

// A value that must never be printed. There is no conversion to text; reveal() is the one way to the content
// and its name is easy to find in a review. The memory is wiped on destruction.

#include <string>
#include <string_view>

namespace davy {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) = default;
  ~Secret() { wipe(); }

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret& other) const = default;

 private:
  void wipe();
  std::string value_;
};

// What any log, report or template shows in place of a secret.
inline constexpr const char* redacted = "<redacted>";

// Equal in a time that depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace davy
