#include "collector/parse/complaint.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

namespace davy::collector {

Error refusal(std::size_t line_number, std::string_view line, const Complaint& complaint) {
  const ErrorKind kind = complaint.cause == "parse" ? ErrorKind::malformed : ErrorKind::over_limit;
  return Error(kind, fmt::format("line {}: {}: {}", line_number, complaint.what, printable(line, 80)),
               std::string(complaint.cause));
}

}  // namespace davy::collector
