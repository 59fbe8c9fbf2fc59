#!/usr/bin/env python3
"""The example with the real HAProxy: the canary fails, its weight must be read back as 0, and the report must name errors,
sample sizes and times. What was recorded of it, judged again, gives every finding once more, to the last bit. Usage: haproxy_test.py DAVY EXAMPLE_FOLDER. Exit code 77: skipped, and why."""

import json
import os
import re
import subprocess
import sys
import tempfile


def judged_again(davy, policy, recording, report):
    ran = subprocess.run([davy, "replay", policy, recording, "--output", "json"], stdout=subprocess.PIPE, text=True,
                         env={**os.environ, "EXPORTER_PORT": "1", "HAPROXY_SOCKET": "/nowhere"})
    assert ran.returncode == 0, ran
    release, = json.loads(ran.stdout)["releases"]
    rounds = release["rounds"]
    print(f"judged again: {rounds['same']} of {rounds['compared']} rounds as they were; {release['sentence']}")
    assert rounds["judged"] == rounds["compared"] == rounds["same"] >= 8, rounds
    assert release["decision"] == "roll back" and not release["changed"], release
    assert release["sentence"] == report["reason"] and release["check"] == report["blamed_check"], release
    assert abs(release["detected_s"] - report["detected_s"]) < 0.1, (release["detected_s"], report["detected_s"])
    print(f"the recording has {os.path.getsize(recording)} bytes")


def main():
    davy, example = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as reports:
        recording = os.path.join(reports, "app-2.davyrec")
        command = [sys.executable, os.path.join(example, "run"), davy, "--report-dir", reports, "--record", recording]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        print(ran.stdout)
        if ran.returncode == 77:
            return 77
        assert ran.returncode == 10, f"exit code {ran.returncode}"
        assert "get weight app/canary-1: 0 (initial 10)" in ran.stdout
        report = json.load(open(os.path.join(reports, "app-2.json")))
        markdown = open(os.path.join(reports, "app-2.md")).read()
        judged_again(davy, os.path.join(example, "policy.yaml"), recording, report)
    assert report["end"] == "healed", report["end"]
    check = report["checks"][0]
    assert check["name"] == "errors" and check["canary"]["value"] > 0.05, check
    assert check["canary"]["samples"] >= 20 and check["baseline"]["samples"] >= 20, check
    assert report["actions"][0]["verified"] and "weight 0" in report["actions"][0]["answer"], report["actions"]
    assert report["onset_s"] <= report["detected_s"] <= report["acted_s"] <= report["recovered_s"]
    assert re.search(r"errors: canary [\d.]+% of [\d,]+ requests, baseline", markdown), markdown
    assert "time to detect" in markdown and "time to recover" in markdown
    print("the canary's weight is 0, and the report says why")
    return 0


if __name__ == "__main__":
    sys.exit(main())
