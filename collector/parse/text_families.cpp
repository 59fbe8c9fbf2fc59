#include "collector/parse/text_families.hpp"

#include "collector/parse/metric_types.hpp"

#include <functional>

namespace davy::collector {
namespace {

// The parts a family's name may be longer by.
constexpr std::string_view suffixes[] = {"", "_bucket", "_count", "_sum", "_gcount", "_gsum"};

}  // namespace

void TextFamilies::declare(std::string_view name, MetricType type) {
  const std::less_equal<> not_behind;
  const bool in_body =
      not_behind(body_.data(), name.data()) && not_behind(name.data(), body_.data() + body_.size());
  if (!in_body) name = unescaped_names_.emplace_back(name);
  families_.push_back({name, type});
}

MetricType TextFamilies::type_of(std::string_view sample_name) {
  if (families_.empty()) return MetricType::unknown;
  const Family& latest = families_.back();
  if (sample_name == latest.name) return latest.type;
  if (sample_name.starts_with(latest.name) &&
      is_text_suffix(latest.type, sample_name.substr(latest.name.size()))) {
    return latest.type;
  }
  for (; indexed_ < families_.size(); ++indexed_) {
    index_.insert_or_assign(families_[indexed_].name, families_[indexed_].type);
  }
  for (const std::string_view suffix : suffixes) {
    if (!sample_name.ends_with(suffix)) continue;
    const auto found = index_.find(sample_name.substr(0, sample_name.size() - suffix.size()));
    if (found != index_.end() && (suffix.empty() || is_text_suffix(found->second, suffix)))
      return found->second;
  }
  return MetricType::unknown;
}

}  // namespace davy::collector
