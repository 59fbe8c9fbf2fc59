#include "report/gate_account.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace davy::report {
namespace {

// "rolling_back" as a person says it.
std::string spoken(Phase phase) {
  std::string words(to_text(phase));
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace

std::string headline(const Incident& incident) {
  if (incident.end == Phase::idle) return "stopped before it began";
  if (!is_end(incident.end)) return "stopped while " + spoken(incident.end);
  switch (incident.end) {
    case Phase::healed: return "rolled back and healed";
    case Phase::needs_human: return "needs a human";
    case Phase::observed: return "would have been rolled back (mode observe)";
    default: return spoken(incident.end);
  }
}

std::string title(const GateAccount& account) {
  std::string out = printable(account.incident.service, 200);
  if (!account.incident.release.empty()) out += " " + printable(account.incident.release, 200);
  return out + ": " + headline(account.incident);
}

}  // namespace davy::report
