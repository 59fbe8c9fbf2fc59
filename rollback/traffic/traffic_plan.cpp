#include "rollback/traffic/traffic_plan.hpp"

#include "core/kube/fields.hpp"
#include "rollback/kubernetes/judged.hpp"
#include "rollback/kubernetes/marks.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace json = boost::json;
namespace {

using Splits = std::vector<TrafficSplit>;
using Wanted = std::vector<std::vector<std::int64_t>>;  // weights, by split and backend

// What the facts keep: [[["checkout-stable",90],["checkout-canary",10]]].
json::array kept(const Splits& splits) {
  json::array all;
  for (const TrafficSplit& split : splits) {
    json::array backends;
    for (const Backend& backend : split.backends) backends.push_back({backend.name, backend.weight.weight});
    all.push_back(std::move(backends));
  }
  return all;
}

std::string kept_text(const Splits& splits) { return json::serialize(kept(splits)); }

Error foreign(const TrafficOptions& options, const json::object& object, const std::string& what) {
  const std::string writer = weights_writer(options, object);
  return Error(ErrorKind::unsupported,
               fmt::format("{}: {} since the release began{}; not forced", options.to_text(), what,
                           writer.empty() ? "" : fmt::format(" (last written by {})", writer)),
               "foreign_change");
}

// The weights are from an action of ours that belongs to this release.
bool is_ours(const TrafficOptions& options, const json::object& object, const Action& action) {
  const std::string decision = mark_at(kube::texts_at(object, {"metadata", "annotations"}), "davy/decision");
  return decision.starts_with(action.release + ".") && weights_writer(options, object) == "davy";
}

// A list that was kept for another set of backends gives nothing.
std::optional<Wanted> wanted_from(const std::string& kept, const Splits& splits) {
  json::error_code ec;
  const json::value all = json::parse(kept, ec);
  if (ec || !all.is_array() || all.get_array().size() != splits.size()) return std::nullopt;
  Wanted wanted;
  for (std::size_t s = 0; s < splits.size(); ++s) {
    const json::value& split = all.get_array()[s];
    if (!split.is_array() || split.get_array().size() != splits[s].backends.size()) return std::nullopt;
    wanted.emplace_back();
    for (std::size_t b = 0; b < splits[s].backends.size(); ++b) {
      const json::value& pair = split.get_array()[b];
      if (!pair.is_array() || pair.get_array().size() != 2 || !pair.get_array()[1].is_int64() ||
          pair.get_array()[0] != json::value(splits[s].backends[b].name))
        return std::nullopt;
      wanted.back().push_back(pair.get_array()[1].get_int64());
    }
  }
  return wanted;
}

Result<Wanted> wanted_share(const TrafficOptions& options, const Splits& splits) {
  Wanted wanted;
  for (const TrafficSplit& split : splits) {
    auto weights = with_share(split.weights(), options.percent, split.total);
    // Where it has the share already, the rest may be as it is.
    if (has_share(split.weights(), options.percent)) {
      weights = std::vector<std::int64_t>();
      for (const Weight& w : split.weights()) weights->push_back(w.weight);
    }
    if (!weights) return weights.error().within(options.to_text());
    wanted.push_back(std::move(*weights));
  }
  return wanted;
}

Splits with(Splits splits, const Wanted& wanted) {
  for (std::size_t s = 0; s < splits.size(); ++s) {
    for (std::size_t b = 0; b < splits[s].backends.size(); ++b)
      splits[s].backends[b].weight.weight = wanted[s][b];
  }
  return splits;
}

json::array patch_of(const json::object& object, const Splits& splits, const Splits& after,
                     const Action& action) {
  json::array patch;
  add_operation(patch, "test", "/metadata/uid", json::value(kube::text_at(object, {"metadata", "uid"})));
  for (const TrafficSplit& split : splits) add_operation(patch, "test", split.pointer, split.seen);
  for (std::size_t s = 0; s < splits.size(); ++s) {
    for (std::size_t b = 0; b < splits[s].backends.size(); ++b) {
      const Backend& now = after[s].backends[b];
      if (now.pointer.empty() || now.weight.weight == splits[s].backends[b].weight.weight) continue;
      const json::value weight = splits[s].weights_are_text ? json::value(std::to_string(now.weight.weight))
                                                            : json::value(now.weight.weight);
      add_operation(patch, "add", now.pointer, weight);
    }
  }
  annotate(patch, kube::texts_at(object, {"metadata", "annotations"}), "davy/decision", action.id);
  return patch;
}

}  // namespace

std::map<std::string, std::string> weight_facts(const TrafficOptions& options, const json::object& object,
                                                const Splits& splits) {
  const std::string name = options.to_text();
  return {{name + " uid", kube::text_at(object, {"metadata", "uid"})},
          {name + " weights", kept_text(splits)}};
}

Result<PlannedPatch> plan_traffic(const TrafficOptions& options, const json::object& object,
                                  const Action& action, const std::string& path) {
  const std::string name = options.to_text();
  const auto splits = read_splits(options, object);
  if (!splits) return splits.error();
  const std::string uid = fact(action, name + " uid"), armed = fact(action, name + " weights");
  // What is done when a release passed may be done without having kept anything; it takes nothing from the
  // canary.
  if (uid.empty() && (options.restore || action.purpose == Purpose::rollback))
    return Error(ErrorKind::unsupported,
                 name + ": which weights were there when the release began is not known" +
                     (options.restore ? "; a rollback action on the same object keeps them" : ""),
                 "not_armed");
  if (!uid.empty() && uid != kube::text_at(object, {"metadata", "uid"}))
    return foreign(options, object, "it was deleted and made anew");
  PlannedPatch planned;
  planned.path = path;
  std::optional<Wanted> wanted;
  if (options.restore) {
    wanted = wanted_from(armed, *splits);
    if (!wanted) return foreign(options, object, "its backends have changed");
  } else {
    auto share = wanted_share(options, *splits);
    if (!share) return share.error();
    wanted = std::move(*share);
  }
  const Splits after = with(*splits, *wanted);
  planned.what = fmt::format("{}: {} (from {})", name, to_text(after), to_text(*splits));
  if (kept_text(after) == kept_text(*splits)) {
    planned.done = true;
    planned.what = fmt::format("{}: {}, so already", name, to_text(*splits));
    return planned;
  }
  if (!options.restore && !armed.empty() && kept_text(*splits) != armed && !is_ours(options, object, action))
    return foreign(options, object, fmt::format("its weights were changed to {}", to_text(*splits)));
  planned.patch = patch_of(object, *splits, after, action);
  return planned;
}

std::string weights_undone_by(const TrafficOptions& options, const json::object& object,
                              const Action& action) {
  const auto annotations = kube::texts_at(object, {"metadata", "annotations"});
  if (action.id.empty() || mark_at(annotations, "davy/decision") != action.id) return {};
  const auto splits = read_splits(options, object);
  if (!splits) return {};
  std::string as_wanted;
  if (options.restore) {
    as_wanted = fact(action, options.to_text() + " weights");
  } else if (const auto wanted = wanted_share(options, *splits)) {
    as_wanted = kept_text(with(*splits, *wanted));
  }
  if (as_wanted.empty() || as_wanted == kept_text(*splits)) return {};
  const std::string writer = weights_writer(options, object);
  return writer.empty() ? "somebody" : writer;
}

}  // namespace davy::rollback
