#!/usr/bin/env python3
"""davy import on real configurations: each becomes a policy that davy check accepts, or is refused with a reason, as
counted in the table of docs/import.md.
Usage: import_test.py DAVY SHARED DOCS [--update]. Exit code 77: skipped, the configurations are not here."""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

MARK = "| | Flagger | Argo Rollouts | Kayenta |\n|---|---|---|---|\n"
FAMILIES = ["flagger", "argo", "kayenta"]
PARTS = {"Canary": "MetricTemplate", "Rollout": "AnalysisTemplate"}
# A refusal's or a failure to read's last line, and what the table calls it.
REASONS = [
    ("cannot be read: no valid YAML or JSON", r"^davy: \S+:\d+:\d+: "),
    ("refused: says how to measure, and no limit", r"says how to measure, and no limit"),
    ("refused: has no analysis", r"(has|names) no analysis"),
    ("refused: nothing is left that Prometheus answers", r"what could not be carried over is listed above"),
    ("refused: nothing says what healthy is", r"nothing in it says what healthy is"),
    ("refused: what it becomes is no policy", r"what it would be imported to is no policy"),
]
KINDS = {"ratio:": "checks: ratio", "latency:": "checks: latency", "gauge:": "checks: gauge",
         "promql:": "checks: a plain query"}
ROWS = (["files", "policies"] + [name for name, _ in REASONS] + list(KINDS.values())
        + ["with a baseline", "with an action",
           "policies with the templates of the same repository"])


def imported(davy, files, folder):
    """The policy's text, or None, and the row that counts it."""
    out = folder / "policy.yaml"
    out.unlink(missing_ok=True)
    ran = subprocess.run([davy, "import", *files, "--out", out], stderr=subprocess.PIPE, text=True, timeout=20)
    if ran.returncode == 0:
        checked = subprocess.run([davy, "check", out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert checked.returncode == 0, (files, checked.stdout, out.read_text())
        return out.read_text(), "policies"
    assert ran.returncode in (3, 11), (files, ran)
    last = ran.stderr.strip().splitlines()[-1]
    names = [name for name, pattern in REASONS if re.search(pattern, last)]
    assert names and last.startswith("davy: "), (files, ran.stderr)
    assert (ran.returncode == 3) == names[0].startswith("cannot"), (files, ran)
    return None, names[0]


def templates(manifest, entry, place):
    """The files of the same repository that it may name."""
    wanted = PARTS.get(entry["kind"])
    return [place / other["file"] for other in manifest if wanted and other["repo"] == entry["repo"]
            and other["kind"].endswith(wanted) and other["family"] == entry["family"]]


def readable(davy, files, folder):
    return [file for file in files if imported(davy, [file], folder)[1] != REASONS[0][0]]


def main():
    davy, shared, docs = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    place = shared / "data" / "configs" if (shared / "data").is_dir() else shared / "configs"
    if not (place / "manifest.json").is_file():
        print(f"skipped: {place} is not here")
        return 77
    manifest = json.loads((place / "manifest.json").read_text())["files"]
    counts = {family: collections.Counter() for family in FAMILIES}
    parts = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for entry in manifest:
            if entry["family"] not in counts:
                continue
            count = counts[entry["family"]]
            text, row = imported(davy, [place / entry["file"]], folder)
            count["files"] += 1
            count[row] += 1
            for line in (text or "").splitlines():
                word = line.split("#")[0].split()[0:1]
                if line.startswith("    ") and word and word[0] in KINDS:
                    count[KINDS[word[0]]] += 1
            count["with a baseline"] += "\nbaseline:" in (text or "")
            count["with an action"] += "\nrollback:" in (text or "")
            key = (entry["repo"], entry["kind"])
            if key not in parts:
                parts[key] = readable(davy, templates(manifest, entry, place), folder)
            text, row = imported(davy, [place / entry["file"], *parts[key]], folder) if parts[key] else (text, row)
            count[ROWS[-1]] += text is not None
    rows = [f"| {row} | {' | '.join(str(counts[family][row]) for family in FAMILIES)} |" for row in ROWS]
    text = docs.read_text()
    start = text.index(MARK) + len(MARK)
    end = text.index("\n\n", start)
    if "--update" in sys.argv:
        docs.write_text(text[:start] + "\n".join(rows) + text[end:])
        return 0
    wanted = text[start:end]
    assert rows == wanted.splitlines(), "\n".join(["found", *rows, "and docs/import.md says", wanted])
    print(f"{sum(count['files'] for count in counts.values())} configurations, as docs/import.md has them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
