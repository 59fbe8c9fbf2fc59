#pragma once

// Which control group each member of the baseline belongs to.
//
// A group is as large as the canary, in members, so that it varies as much as the canary would. Members are
// put in an order that has nothing to do with what they are (a hash of their names) and dealt to at most
// groups_max groups; a member keeps its group for the release, and one that comes later joins the smallest.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace davy::judge {

inline constexpr std::size_t groups_max = 12;

class MemberGroups {
 public:
  MemberGroups() = default;
  MemberGroups(const std::vector<std::string>& baseline, std::size_t canary_members);
  // As assignments() gave them.
  MemberGroups(std::size_t groups, std::map<std::uint64_t, std::size_t> assignments);

  std::size_t groups() const { return sizes_.size(); }
  // Registers a name that was not known. There must be a group.
  std::size_t group_of(std::string_view member);
  const std::map<std::uint64_t, std::size_t>& assignments() const { return groups_of_; }

 private:
  std::map<std::uint64_t, std::size_t> groups_of_;  // by the hash of the name
  std::vector<std::size_t> sizes_;
};

}  // namespace davy::judge
