// davy, ended by SIGKILL at the step of a rollback that DAVY_DIE_AT names (R01, R02, ...).

#include "app/commands.hpp"

#include <cstdlib>
#include <signal.h>
#include <string>

int main(int argc, char** argv) {
  const char* point = std::getenv("DAVY_DIE_AT");
  const std::string die_at = point != nullptr ? point : "";
  return davy::app::run_command_line(argc, argv, [die_at](std::string_view step) {
    if (!die_at.empty() && step == die_at) raise(SIGKILL);
  });
}
