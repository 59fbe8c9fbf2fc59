#include "collector/recording/verdict_digest.hpp"

#include "core/base/bytes.hpp"

#include <fmt/format.h>

namespace davy::collector::recording {
namespace {

std::string exact(const std::optional<double>& value) { return value ? fmt::format("{:a}", *value) : "-"; }

std::string instant(const std::optional<Instant>& at, Instant since) {
  return at ? fmt::format("{}", (*at - since).count()) : "-";
}

std::string side(const SideValue& side) { return fmt::format("{} of {:a}", exact(side.value), side.samples); }

}  // namespace

std::string canonical_text(const Verdict& verdict) {
  const Instant since = verdict.at;
  std::string out = fmt::format("{} blames '{}' warmup={} sure={}: {}\n", to_text(verdict.kind),
                                verdict.blamed_check, verdict.judges_warmup, verdict.sure, verdict.sentence);
  for (const Finding& f : verdict.findings) {
    out += fmt::format("{} {} nothing={} suspicious={} shared={} warmup={} canary {} baseline {} limit {}",
                       f.check, to_text(f.outcome), f.nothing_seen, f.suspicious, f.shared_failure,
                       f.judges_warmup, side(f.canary), side(f.baseline), exact(f.limit));
    out += fmt::format(" since {} decided {} evidence {:a} log {} max {}", instant(f.since, since),
                       instant(f.decided_at, since), f.evidence, exact(f.log_evidence),
                       exact(f.log_evidence_max));
    if (f.times_baseline)
      out += fmt::format(" times {:a} {:a}", f.times_baseline->first, f.times_baseline->second);
    if (f.requests_needed) out += " needs " + exact(f.requests_needed);
    for (const std::string& value : f.blast_radius) out += " by " + value;
    out += ": " + f.sentence + "\n";
  }
  return out;
}

std::uint64_t digest(const Verdict& verdict) { return fnv1a(canonical_text(verdict)); }

}  // namespace davy::collector::recording
