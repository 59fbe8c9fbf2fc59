#!/usr/bin/env python3
"""Holds every `#include "..."` of our rooms against the table of ARCHITECTURE.md: with one include root, a slip compiles.
Exit code 1 when a rule is broken; with --self-test, 0 when a forbidden include is found."""

import os
import re
import subprocess
import sys

SECTION = "config/section"
SECTION_FILES = {"byte_size", "document", "environment", "http_access_section", "problem", "quantity", "section", "yaml_tree"}
POLICY = "config/policy"
DECISION = "guard/decision"

# room -> rooms it may include, itself apart.
BASE = set()
MODEL = {"core/base"}
FLOOR_2 = {"core/base", "core/model"}
FLOOR_3_PURE = {"core/base", "core/model"}
FLOOR_3_OUTSIDE = {"core/base", "core/model", "core/net", "core/kube", SECTION}
ALLOWED = {
    "core/base": BASE,
    "core/model": MODEL,
    "core/net": {"core/base"},
    SECTION: {"core/base"},
    "core/kube": {"core/base", "core/net", SECTION},
    "core/journal": FLOOR_2,
    "core/telemetry": FLOOR_2,
    POLICY: FLOOR_3_PURE | {SECTION},
    "judge": FLOOR_3_PURE,
    DECISION: FLOOR_3_PURE,
    "report": FLOOR_3_PURE,
    "collector": FLOOR_3_OUTSIDE,
    "rollback": FLOOR_3_OUTSIDE,
    "guard": {"core/base", "core/model", "core/net", "core/journal", "core/telemetry", "judge", DECISION, "report",
              "collector", "rollback"},
    "server": {"core/base", "core/model", "core/net", "core/telemetry"},
    "app": None,  # everything
}
# Folders of one kind: nobody above may name them but app.
KINDS = ("judge/mann_whitney/", "judge/restarts/", "judge/sequential/", "judge/threshold/", "rollback/http/", "rollback/exec/",
         "rollback/haproxy/", "rollback/kubernetes/", "rollback/argo_rollouts/", "rollback/traffic/", "collector/kubernetes/",
         "collector/scrape/", "collector/discovery/", "collector/promql/", "collector/recording/")
PURE = ("judge/", "report/", "guard/decision/", "core/base/", "core/model/", "config/", "core/journal/", "core/telemetry/",
        "collector/parse/", "collector/store/", "collector/recording/")


def room_of(path):
    if path.startswith("config/"):
        return SECTION if os.path.basename(path).rsplit(".", 1)[0] in SECTION_FILES else POLICY
    if path.startswith("guard/decision/"):
        return DECISION
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "core" else parts[0]


def broken_rule(path, included, angled):
    """Why this include is not allowed, or None."""
    room = room_of(path)
    if angled:
        if included.startswith("boost/beast") and room != "core/net":
            return "only core/net uses Beast"
        if included.startswith("boost/asio") and path.startswith(PURE):
            return "this room is pure: it does not know Asio"
        return None
    target = room_of(included)
    if target not in ALLOWED or target == room or ALLOWED[room] is None:
        return None  # generated files, itself, app
    if target not in ALLOWED[room]:
        return f"{room} may not include {target}"
    if included.startswith(KINDS) and room != included.split("/")[0]:
        return f"only app names one kind ({included.rsplit('/', 1)[0]})"
    return None


def problems(files):
    for path in files:
        if room_of(path) not in ALLOWED:
            continue
        with open(path, encoding="utf-8") as text:
            for number, line in enumerate(text, 1):
                found = re.match(r'\s*#include\s+(["<])([^">]+)', line)
                rule = found and broken_rule(path, found.group(2), found.group(1) == "<")
                if rule:
                    yield f"{path}:{number}: {found.group(2)}: {rule}"


def self_test():
    assert broken_rule("judge/judge.cpp", "collector/store/window_builder.hpp", False)
    assert broken_rule("judge/judge.cpp", "boost/asio/awaitable.hpp", True)
    assert broken_rule("server/api.cpp", "guard/guard.hpp", False)
    assert broken_rule("guard/guard.cpp", "rollback/http/http_actuator.hpp", False)
    assert broken_rule("rollback/attempts.cpp", "boost/beast/http.hpp", True)
    assert broken_rule("config/section.cpp", "core/model/check.hpp", False)
    assert not broken_rule("app/registry.cpp", "rollback/http/http_actuator.hpp", False)
    assert not broken_rule("guard/guard.cpp", "rollback/actuator.hpp", False)


def main():
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    self_test()
    if "--self-test" in sys.argv:
        return 0
    listed = subprocess.run(["git", "ls-files", "*.cpp", "*.hpp"], capture_output=True, text=True, check=True)
    found = list(problems(listed.stdout.split()))
    print("\n".join(found) if found else "every include is within its room's rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
