// davy completion SHELL: what the shell should offer after `davy`, from the command line's own description.

#include "app/commands.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace davy::app {
namespace {

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  return flags;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// The first sentence, without what a shell's quotes would stumble over.
std::string short_text(const CLI::App& command) {
  std::string text = command.get_description();
  for (char& c : text)
    if (c == '\'' || c == ':') c = ' ';
  return text;
}

std::string bash(const CLI::App& app) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    names.push_back(command->get_name());
    cases += fmt::format("    {}) words='{}' ;;\n", command->get_name(), join(flags_of(*command), " "));
  }
  return fmt::format(R"(_davy() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{}' -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}}
complete -o filenames -F _davy davy
)",
                     join(names, " "), cases);
}

// zsh reads bash's completions.
std::string zsh(const CLI::App& app) {
  return "#compdef davy\nautoload -U +X bashcompinit && bashcompinit\n" + bash(app);
}

std::string fish(const CLI::App& app) {
  std::string out;
  for (const CLI::App* command : commands_of(app)) {
    out += fmt::format("complete -c davy -n __fish_use_subcommand -f -a {} -d '{}'\n", command->get_name(),
                       short_text(*command));
    for (const std::string& flag : flags_of(*command))
      out += fmt::format("complete -c davy -n '__fish_seen_subcommand_from {}' -l {}\n", command->get_name(),
                         flag.substr(2));
  }
  return out;
}

}  // namespace

void add_completion(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("completion", "Print what a shell completes after davy");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "Example: davy completion bash > /etc/bash_completion.d/davy\n         source <(davy completion bash)");
  command->callback([&run, &app, shell] {
    run = [&app, shell] {
      fmt::print("{}", *shell == "fish" ? fish(app) : *shell == "zsh" ? zsh(app) : bash(app));
      return ExitCode::pass;
    };
  });
}

}  // namespace davy::app
