// Control groups: dealt evenly, kept for the release, joined where they are smallest.

#include "judge/sequential/member_groups.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <stdexcept>

namespace davy::judge {
namespace {

std::vector<std::string> names(std::size_t count, const std::string& prefix = "stable-") {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(prefix + std::to_string(i));
  return out;
}

std::vector<std::size_t> sizes(MemberGroups groups, const std::vector<std::string>& members) {
  std::vector<std::size_t> out(groups.groups());
  for (const std::string& member : members) ++out[groups.group_of(member)];
  return out;
}

}  // namespace

TEST_CASE("members are dealt to groups as large as the canary and never more than twelve") {
  struct Case {
    std::size_t members, canary;
    std::vector<std::size_t> sizes;
  };
  for (const Case& c :
       {Case{0, 1, {}}, Case{1, 1, {1}}, Case{2, 3, {2}}, Case{3, 1, {1, 1, 1}}, Case{7, 2, {3, 2, 2}},
        Case{10, 0, std::vector<std::size_t>(10, 1)}, Case{12, 1, std::vector<std::size_t>(12, 1)},
        Case{25, 1, {3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}}}) {
    CAPTURE(c.members);
    CHECK(sizes(MemberGroups(names(c.members), c.canary), names(c.members)) == c.sizes);
  }
}

TEST_CASE("the order in which members are listed does not matter and a name twice is one member") {
  std::vector<std::string> members = names(20);
  MemberGroups groups(members, 2);
  std::reverse(members.begin(), members.end());
  members.push_back(members.front());
  CHECK(MemberGroups(members, 2).assignments() == groups.assignments());
}

TEST_CASE("a member keeps its group whoever comes and goes") {
  MemberGroups groups(names(9), 3);
  std::vector<std::size_t> before;
  for (const std::string& name : names(9)) before.push_back(groups.group_of(name));
  for (const std::string& name : names(50, "new-")) groups.group_of(name);
  for (std::size_t i = 0; i < 9; ++i) CHECK(groups.group_of(names(9)[i]) == before[i]);
}

TEST_CASE("a new member joins the smallest group") {
  MemberGroups groups(names(7), 2);  // 3, 2 and 2
  const std::size_t first = groups.group_of("new-1");
  const std::size_t second = groups.group_of("new-2");
  CHECK(first != 0);
  CHECK(second != 0);
  CHECK(first != second);
  CHECK(groups.group_of("new-3") == 0);
  CHECK(groups.group_of("new-1") == first);
}

TEST_CASE("groups that were taken out and put back go on the same") {
  MemberGroups groups(names(30), 4);
  groups.group_of("late");
  MemberGroups back(groups.groups(), groups.assignments());
  for (const std::string& name : names(40, "later-")) CHECK(back.group_of(name) == groups.group_of(name));
}

TEST_CASE("an assignment to a group that does not exist is refused") {
  CHECK_THROWS_AS(MemberGroups(2, {{1, 0}, {2, 2}}), std::out_of_range);
}

TEST_CASE("beyond a thousand members groups stay even and nothing more is remembered") {
  const std::vector<std::string> members = names(5000);
  MemberGroups groups(members, 1);
  std::vector<std::size_t> count(groups.groups());
  for (const std::string& member : members) ++count[groups.group_of(member)];
  CHECK(groups.assignments().size() == 1000);
  for (const std::size_t n : count) {
    CHECK(n > 340);  // 5000 / 12 = 417, +-20
    CHECK(n < 495);
  }
  MemberGroups back(groups.groups(), groups.assignments());
  for (const std::string& member : members) CHECK(back.group_of(member) == groups.group_of(member));
}

}  // namespace davy::judge
