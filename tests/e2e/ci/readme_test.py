#!/usr/bin/env python3
"""README's section "In CI": every command in it is run in a scratch folder with davy in the PATH, against a good and a
bad canary; and docs/gate.md names every flag and format. Usage: readme_test.py DAVY README."""

import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gate"))

from town import Target, Town  # noqa: E402


def blocks(readme):
    """The fenced shell blocks of the section, to the next heading of its level or above."""
    text = pathlib.Path(readme).read_text()
    section = re.search(r"^### In CI\n(.*?)(?=^#{1,3} )", text, re.M | re.S).group(1)
    found = re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S)
    assert len(found) == 2, found
    assert section.count("```") == 2 * len(found), "every fenced block of the section is run"
    return section, found


def main():
    davy, readme = sys.argv[1:]
    section, commands = blocks(readme)
    path = os.path.dirname(os.path.abspath(davy)) + ":" + os.environ["PATH"]
    for share, code, verdict in [(0.004, 0, "pass"), (0.3, 10, "fail")]:
        for command in commands:
            with Town(Target(share)) as town:
                town.policy(window="3s")
                ran = subprocess.run(["bash", "-ec", command], cwd=town.directory, capture_output=True, text=True,
                                     env={"PATH": path, "GIT_COMMIT": "4f2c1d"}, timeout=60)
                assert ran.returncode == code, (command, ran.returncode, ran.stderr)
                assert "| revision | 4f2c1d |" in ran.stdout, ran.stdout
                if "variables.env" in command:
                    for name in ("junit.xml", "report.json", "variables.env"):
                        assert (town.directory / "davy" / name).exists(), name
                    said = (town.directory / "davy" / "variables.env").read_text()
                    assert f"DAVY_VERDICT={verdict}\n" in said, said
                    assert code != 0 or "the canary: pass" in ran.stdout, ran.stdout
                assert bool(town.rollbacks) == (code == 10)
                print(f"exit code {code}: {command.splitlines()[0]}")
    folder = pathlib.Path(readme).parent
    told = (folder / "docs" / "gate.md").read_text()
    said = subprocess.run([davy, "gate", "--help"], capture_output=True, text=True, check=True).stdout
    flags = set(re.findall(r"--[a-z-]+", said)) - {"--help"}
    missing = {flag for flag in flags if flag not in told}
    assert not missing and len(flags) > 15, f"docs/gate.md says nothing about {missing}"
    formats = re.search(r"again for several: ([a-z, \n]+)", said).group(1)
    for name in re.findall(r"[a-z]+", formats):
        assert f"**{name}**" in told, f"docs/gate.md says nothing about the format {name}"
    for link in re.findall(r"\]\(([^)]+)\)", section):
        assert (folder / link).exists(), link
    return 0


if __name__ == "__main__":
    sys.exit(main())
