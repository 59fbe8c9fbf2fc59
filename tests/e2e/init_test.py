#!/usr/bin/env python3
"""davy init on real /metrics: what it recognises is what the table of docs/init.md says, and what it writes is a policy.
Usage: init_test.py DAVY EXPOSITIONS DOCS [--update]. Exit code 77: skipped, the expositions are not here."""

import pathlib
import re
import subprocess
import sys
import tempfile

KINDS = {"errors:": "errors", "histogram:": "latency", "gauge:": "memory"}
MARK = "| answer | recognised | checks |\n|---|---|---|\n"


def tried(davy, file, folder):
    """A row of the table."""
    draft = folder / (file.stem + ".yaml")
    ran = subprocess.run([davy, "init", file, "--out", draft], stderr=subprocess.PIPE, text=True)
    found = re.search(r"^recognised: (.*)$", ran.stderr, re.M)
    if ran.returncode == 5:
        return f"| {file.stem} | it cannot be read | |"
    if ran.returncode == 11:
        return f"| {file.stem} | {found.group(1)} | none |"
    assert ran.returncode == 0, ran
    checked = subprocess.run([davy, "check", draft], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert checked.returncode == 0, (file.stem, checked.stdout)
    lines = [line.split()[0] for line in draft.read_text().splitlines() if line.strip()]
    return f"| {file.stem} | {found.group(1)} | {', '.join(KINDS[word] for word in lines if word in KINDS)} |"


def main():
    davy, place, docs = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    if not place.is_dir():
        print(f"skipped: {place} is not here")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        rows = [tried(davy, file, pathlib.Path(folder)) for file in sorted(place.glob("*.txt"))]
    text = docs.read_text()
    start = text.index(MARK) + len(MARK)
    end = text.index("\n\n", start)
    if "--update" in sys.argv:
        docs.write_text(text[:start] + "\n".join(rows) + text[end:])
        return 0
    wanted = text[start:end].splitlines()
    for ours, theirs in zip(rows, wanted):
        assert ours == theirs, f"found\n{ours}\nand docs/init.md says\n{theirs}"
    assert len(rows) == len(wanted), (len(rows), len(wanted))
    print(f"{len(rows)} answers, as docs/init.md has them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
