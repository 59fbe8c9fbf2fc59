#pragma once

// What `davy guard` and `davy gate` have in common on the command line, and how both begin.

#include "app/fleet.hpp"
#include "app/policy_files.hpp"

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

namespace davy::app {

struct WatchFlags {
  std::vector<std::string> policies;
  std::string release;
  std::string revision;
  std::string log = "text";
  FleetOptions fleet;
};

void add_watch_flags(CLI::App& command, WatchFlags& flags);

// Every policy that can be read; nothing when any of them cannot. Says on stderr what is wrong.
std::optional<std::vector<config::Policy>> load_policies(const std::vector<std::string>& named);

// The fleet's options with what both commands derive from the flags.
FleetOptions fleet_options(const WatchFlags& flags);

// Says on stderr why a fleet could not be made; policy_invalid or usage.
ExitCode failed_to_start(const Error& error);

// Begins a release now, as the flags name it.
void start_now(Watch& watch, const WatchFlags& flags);
void say_where_it_listens(Fleet& fleet);

}  // namespace davy::app
