#include "judge/sequential/member_groups.hpp"

#include <algorithm>

namespace davy::judge {
namespace {

// Beyond so many members their hashes alone deal them out evenly.
constexpr std::size_t remembered_max = 1000;

// FNV-1a (Fowler, Noll, Vo) with 64 bits, finished as splitmix64 does so that alike names part: the same on
// every machine, and for ever.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

}  // namespace

MemberGroups::MemberGroups(const std::vector<std::string>& baseline, std::size_t canary_members) {
  std::vector<std::uint64_t> hashes;
  for (const std::string& name : baseline) hashes.push_back(hash_of(name));
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  const std::size_t size = std::max<std::size_t>(1, canary_members);
  const std::size_t count = std::clamp<std::size_t>(hashes.size() / size, 1, groups_max);
  sizes_.assign(hashes.empty() ? 0 : count, 0);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const std::size_t group = i % count;
    if (i < remembered_max) groups_of_.emplace(hashes[i], group);
    ++sizes_[group];
  }
}

MemberGroups::MemberGroups(std::size_t groups, std::map<std::uint64_t, std::size_t> assignments)
    : groups_of_(std::move(assignments)), sizes_(groups) {
  for (const auto& [hash, group] : groups_of_) ++sizes_.at(group);
}

std::size_t MemberGroups::group_of(std::string_view member) {
  const std::uint64_t hash = hash_of(member);
  const auto known = groups_of_.find(hash);
  if (known != groups_of_.end()) return known->second;
  if (groups_of_.size() >= remembered_max) return hash % sizes_.size();
  const auto place = groups_of_.emplace(hash, 0).first;
  const auto smallest = std::min_element(sizes_.begin(), sizes_.end());
  ++*smallest;
  place->second = static_cast<std::size_t>(smallest - sizes_.begin());
  return place->second;
}

}  // namespace davy::judge
