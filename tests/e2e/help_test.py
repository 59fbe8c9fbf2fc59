#!/usr/bin/env python3
"""Every command teaches by an example, is completed by the shell, and a mistake names where to look. Usage: help_test.py DAVY."""

import re
import subprocess
import sys


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=20, **more)


def completed(script, *words):
    """What bash offers for these words, the last one unfinished."""
    lines = f"{script}\nCOMP_WORDS=({' '.join(words)})\nCOMP_CWORD={len(words) - 1}\n_davy\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    ran = run("bash", "-c", lines)
    assert ran.returncode == 0, ran
    return ran.stdout.split()


def main():
    davy = sys.argv[1]
    listed = run(davy, "--help").stdout
    commands = re.findall(r"^  ([a-z]+) {2,}\S", listed[listed.index("Subcommands"):], re.M)
    assert len(commands) >= 13, commands
    bash = run(davy, "completion", "bash").stdout
    assert sorted(completed(bash, "davy", "''")) == sorted(commands)
    for command in commands:
        text = run(davy, command, "--help").stdout
        assert f"Example: davy {command}" in text, f"davy {command} --help teaches nothing"
        flags = set(re.findall(r"(--[a-z-]+)", text[:text.index("Example:")].split("Options:")[-1]))
        offered = set(completed(bash, "davy", command, "--"))
        declared = {flag for flag in flags if re.search(rf"^ +(-\w,)?{flag}\b", text, re.M)}
        assert declared <= offered, (command, declared - offered)
    for shell in ("zsh", "fish"):
        script = run(davy, "completion", shell).stdout
        assert all(command in script for command in commands), shell
    wrong = run(davy, "gate", "--outptu", "x")
    assert wrong.returncode == 2 and "See davy gate --help" in wrong.stderr, wrong
    wrong = run(davy, "replai")
    assert wrong.returncode == 2 and "did you mean 'davy replay'?" in wrong.stderr, wrong
    print(f"{len(commands)} commands, each with an example and completed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
