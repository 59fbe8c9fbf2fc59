#pragma once

// The fastest a test of level alpha can be when nothing is unknown: Wald's one-sided sequential probability
// ratio test (1945) on the canary's errors alone, told the rates before and after and the onset, trusting
// every error to be independent. It fires when the evidence since the onset reaches ln(1/alpha).
//
// The plain oracle tests against the base error; the policy oracle against the rate from which the default
// policy (1.5 times and half a point more, one percent at most) minds, and so never fires below it.

#include "bench/detection/detector.hpp"
#include "bench/detection/truth.hpp"

namespace davy::bench {

enum class OracleKind { base, policy };

class Oracle : public Detector {
 public:
  Oracle(OracleKind kind, const Truth& truth);

  std::string_view name() const override { return kind_ == OracleKind::base ? "oracle1" : "oracleP"; }
  Detection run(const Stream& stream) override;

 private:
  OracleKind kind_;
  double onset_s_;
  double healthy_;          // p0
  double troubled_;         // p1, short of 1: what one success then costs stays finite
  double per_error_ = 0;    // nats
  double per_success_ = 0;  // nats, negative
};

}  // namespace davy::bench
