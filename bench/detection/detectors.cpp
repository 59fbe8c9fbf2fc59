#include "bench/detection/detectors.hpp"

#include "bench/detection/judges.hpp"
#include "bench/detection/oracle.hpp"
#include "bench/detection/peers.hpp"

namespace davy::bench {
namespace {

DetectorFactory oracle(OracleKind kind) {
  return [kind](const Truth& truth) { return std::make_unique<Oracle>(kind, truth); };
}

}  // namespace

std::vector<DetectorFactory> detectors_for(bool healthy) {
  std::vector<DetectorFactory> list;
  if (!healthy) {
    list.push_back(oracle(OracleKind::base));
    list.push_back(oracle(OracleKind::policy));
  }
  for (const std::string_view name : judge_names())
    list.push_back([name](const Truth&) { return make_judge(name); });
  for (const std::string_view name : peer_names())
    list.push_back([name](const Truth&) { return make_peer(name); });
  return list;
}

const std::vector<OracleRatio>& oracle_ratios() {
  static const std::vector<OracleRatio> ratios = {
      {"REC", "oracle1"}, {"RECcold", "oracle1"}, {"rawmix", "oracle1"}, {"POL", "oracleP"}};
  return ratios;
}

}  // namespace davy::bench
