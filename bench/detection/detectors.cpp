#include "bench/detection/detectors.hpp"

#include "bench/detection/judges.hpp"
#include "bench/detection/oracle.hpp"
#include "bench/detection/peers.hpp"

namespace davy::bench {
namespace {

DetectorFactory oracle(OracleKind kind) {
  return [kind](const Truth& truth) { return std::make_unique<Oracle>(kind, truth); };
}

std::vector<DetectorFactory> oracles_for(bool healthy) {
  if (healthy) return {};
  return {oracle(OracleKind::base), oracle(OracleKind::policy)};
}

}  // namespace

std::vector<DetectorFactory> detectors_for(bool healthy) {
  std::vector<DetectorFactory> list = oracles_for(healthy);
  for (const std::string_view name : judge_names())
    list.push_back([name](const Truth&) { return make_judge(name); });
  for (const std::string_view name : peer_names())
    list.push_back([name](const Truth&) { return make_peer(name); });
  return list;
}

std::vector<DetectorFactory> refinements_for(bool healthy) {
  std::vector<DetectorFactory> list = oracles_for(healthy);
  for (const std::string_view name : {"POL", "POLplain", "REC", "RECplain"})
    list.push_back([name](const Truth&) { return make_judge(name); });
  return list;
}

const std::vector<OracleRatio>& oracle_ratios() {
  static const std::vector<OracleRatio> ratios = {
      {"REC", "oracle1"}, {"RECcold", "oracle1"}, {"rawmix", "oracle1"}, {"POL", "oracleP"}};
  return ratios;
}

}  // namespace davy::bench
