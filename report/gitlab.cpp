#include "report/gitlab.hpp"

#include "core/base/text.hpp"
#include "report/incident_report.hpp"
#include "report/plain_words.hpp"

#include <fmt/format.h>

namespace davy::report {

// A section's marks need a carriage return and an escape character, which no untrusted text keeps.
std::string to_gitlab_log(const GateAccount& account) {
  const auto at = [](WallTime time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  };
  const Incident& i = account.incident;
  std::string out = fmt::format("{}\n{}\n", title(account), printable(i.sentence, 2000));
  if (!account.warning.empty()) out += "warning: " + printable(account.warning, 2000) + "\n";
  return out + fmt::format(
                   "\x1b[0Ksection_start:{}:davy_report[collapsed=true]\r\x1b[0KDavy's report\n{}\n"
                   "\x1b[0Ksection_end:{}:davy_report\r\x1b[0K\n",
                   at(i.ended_at), to_markdown(account), at(i.ended_at));
}

std::string to_dotenv(const GateAccount& account) {
  const Incident& i = account.incident;
  return assignments({{"DAVY_VERDICT", account.verdict},
                      {"DAVY_EXIT_CODE", std::to_string(account.exit_code)},
                      {"DAVY_SERVICE", i.service},
                      {"DAVY_RELEASE", i.release},
                      {"DAVY_REVISION", i.revision},
                      {"DAVY_CHECK", i.verdict.blamed_check}});
}

}  // namespace davy::report
