#pragma once

// Which check, side and member a series counts for. Asked once a series, not once a sample: the answer
// depends on nothing but the series' name and labels and the sides its target speaks for.

#include "collector/parse/reading_sink.hpp"
#include "collector/store/compiled_selector.hpp"
#include "core/model/batch.hpp"
#include "core/model/check.hpp"
#include "core/model/scrape.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace davy::collector {

enum class Role { errors, total, bucket, gauge };

struct Route {
  std::size_t check = 0;  // its place in the policy
  Role role = Role::total;
  Side side = Side::canary;
  std::string member;       // the member's name
  std::string slice;        // route="/pay", by the check's `by` labels; empty without
  double bound = 0;         // bucket: le, NaN when it is not a number
  std::uint64_t group = 0;  // bucket: the same for all buckets of one histogram
};

class SeriesRouter {
 public:
  // Error: invalid, when a selector's regular expression is not one.
  static Result<SeriesRouter> create(const std::vector<Check>& checks, const SideSpec& canary,
                                     const SideSpec& baseline);

  std::vector<Route> routes(const Series& series, const TargetReading& target) const;

 private:
  struct Source {
    std::size_t check;
    Role role;
    CompiledSelector selector;
    double units_per_second;
  };
  struct SideRule {
    Side side;
    CompiledSelector where;
    std::string members;
  };
  SeriesRouter() = default;

  std::vector<Source> sources_;
  std::vector<std::vector<std::string>> by_;  // per check
  std::vector<SideRule> sides_;
};

// The names of the samples that these checks select from.
WantedNames names_used_by(const std::vector<Check>& checks);

}  // namespace davy::collector
