#!/usr/bin/env python3
"""`davy gate` with the real binary: every output read by a reader of its own kind, hostile names, signals, exit codes.
Usage: gate_test.py DAVY [NAME...]. Exit code 77: skipped, and why."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
import unicodedata
import urllib.request

import readers
from town import Gate, Target, Town

HOSTILE = ("a|b `c` <img src=x onerror=1> ]]> %0A::error::x \"q\" 'r' &amp; ##[error]y * _z_ ~~s~~ "
           "\u202e\u200b\ufffe")
HOSTILE_BODY = (b"::error file=x::forged\r\n::set-output name=verdict::pass\n\x1b[2J\x1b]0;t\x07]]><b>&|`x`\0\xff\xfe"
                b"\xc3(\n##[error]forged\n| forged | row |\n" + b"L" * 10240)
FORMATS = ["text", "markdown", "json", "ndjson", "junit", "github", "gitlab", "dotenv"]


def everywhere(folder):
    return [word for name in FORMATS for word in ("--output", f"{name}={folder}/{name}")]


def read_all(folder):
    """Every file through its reader; what each of them found."""
    text = {name: (folder / name).read_bytes().decode("utf-8") for name in FORMATS}
    found = {"junit": readers.junit(folder / "junit"), "ndjson": readers.ndjson(text["ndjson"]),
             "json": json.loads(text["json"]), "annotations": readers.annotations(text["github"]),
             "dotenv": readers.assignments(text["dotenv"]), "markdown": readers.markdown(text["markdown"])}
    readers.gitlab(text["gitlab"])
    for name in ("text", "markdown", "gitlab", "dotenv"):
        readers.no_foreign_commands(text[name])
    report = found["ndjson"][-1]
    del report["event"]
    assert report == found["json"], "the last line is the report"
    assert text["text"] == text["markdown"]
    leftovers = [name for name in os.listdir(folder) if name.endswith(".davy")]
    assert not leftovers, leftovers
    return found


def a_bad_canary_fails_in_every_format(davy):
    with Town(Target(0.3)) as town:
        gate = Gate(davy, town.policy(), "--release", "r1", "--revision", "4f2c", *everywhere(town.directory))
        assert gate.code == 10, gate.err
        assert len(town.rollbacks) == 1
        found = read_all(town.directory)
        assert gate.out.encode() == (town.directory / "text").read_bytes(), "standard output is the text"
    cases, properties = found["junit"]
    assert cases["errors"][0] == "failure" and "canary 30" in cases["errors"][1], cases
    assert cases["verdict"][0] == "failure"
    assert properties["revision"] == "4f2c" and properties["release"] == "r1" and properties["exit_code"] == "10"
    assert [(kind, title) for kind, title, _ in found["annotations"]] == [("error", "checkout: errors")]
    assert "30.0% of" in found["annotations"][0][2], found["annotations"]
    assert found["dotenv"]["DAVY_VERDICT"] == "fail" and found["dotenv"]["DAVY_CHECK"] == "errors"
    assert found["json"]["gate"] == {"verdict": "fail", "exit_code": 10, "policy": found["json"]["gate"]["policy"],
                                     "warning": ""}
    phases = [line["phase"] for line in found["ndjson"][:-1]]
    assert phases[0] == "warming_up" and phases[-1] == "healed", phases


def hostile_names_come_through_harmless(davy):
    value = HOSTILE.replace("\\", "\\\\").replace('"', '\\"') + "\\n::error::" + "L" * 10240
    with Town(Target(0.3, labels=f',region="{value}"'), refusal=HOSTILE_BODY) as town:
        policy = town.policy(name=HOSTILE + "L" * 50, more_of_check="    by: [region]\n")
        gate = Gate(davy, policy, *everywhere(town.directory), "--release", "r|1`::error::%0A<b>")
        assert gate.code == 6, (gate.code, gate.err)
        readers.no_foreign_commands(gate.err)
        found = read_all(town.directory)
    assert "forged" in json.dumps(found["json"]), "the deploy system's answer is in the report"
    assert "::error::LLLL" in json.dumps(found["json"]["checks"][0]["blast_radius"]), found["json"]["checks"]
    assert "&lt;img src=x" in found["markdown"] and "<img" not in found["markdown"]
    assert any("<img src=x onerror=1> ]]> %0A::error::x" in title for _, title, _ in found["annotations"])
    assert any("<img src=x onerror=1> ]]>" in name for name in found["junit"][0]), found["junit"][0].keys()


def a_good_canary_passes(davy):
    with Town(Target(0.004)) as town:
        gate = Gate(davy, town.policy(window="3s"), *everywhere(town.directory))
        assert gate.code == 0, (gate.out, gate.err)
        found = read_all(town.directory)
    assert {kind for kind, _, _ in found["junit"][0].values()} == {None}
    assert [kind for kind, _, _ in found["annotations"]] == ["notice"]
    assert found["dotenv"]["DAVY_VERDICT"] == "pass"


def a_blind_gate_is_an_error_and_no_failure(davy):
    with Town(Target(answer="garbage")) as town:
        gate = Gate(davy, town.policy(window="2s"), *everywhere(town.directory))
        assert gate.code == 5, (gate.code, gate.err)
        found = read_all(town.directory)
    assert found["junit"][0]["errors"][0] == "error" and found["junit"][0]["verdict"][0] == "error"
    assert [kind for kind, _, _ in found["annotations"]] == ["error"]


def inconclusive_counts_as_asked(davy):
    quiet = Target(0.004)
    still = quiet.metrics()
    quiet.metrics = lambda: still  # no traffic: nothing can be said
    for asked, code, junit, kinds in [(None, 11, "skipped", ["warning"]), ("pass", 0, "skipped", ["warning"]),
                                      ("warn", 0, "skipped", ["warning", "warning"]),
                                      ("fail", 10, "failure", ["error", "warning", "warning"])]:
        with Town(quiet) as town:
            more = [f"--inconclusive={asked}"] if asked else []
            gate = Gate(davy, town.policy(window="1s500ms"), *everywhere(town.directory), *more)
            assert gate.code == code, (asked, gate.code, gate.err)
            found = read_all(town.directory)
            assert found["junit"][0]["errors"][0] == "skipped"
            assert found["junit"][0]["verdict"][0] == junit, (asked, found["junit"])
            assert [kind for kind, _, _ in found["annotations"]] == kinds, (asked, found["annotations"])
            assert found["json"]["gate"]["verdict"] == "inconclusive"
            assert bool(found["json"]["gate"]["warning"]) == (asked in ("warn", "fail"))
            assert ("Warning" in found["markdown"]) == (asked in ("warn", "fail"))


def a_signal_leaves_a_report_within_two_seconds(davy):
    """The canary takes the connection and never answers; the scrape may wait for 20 s."""
    for number, code in [(signal.SIGTERM, 143), (signal.SIGINT, 130)]:
        with Town(Target(answer="hang")) as town:
            policy = town.policy(interval="20s", window="60s")
            gate = Gate(davy, policy, *everywhere(town.directory), kill_after=1.0, with_signal=number)
            assert gate.code == code, (gate.code, gate.err)
            assert gate.took_s < 2, gate.took_s
            print(f"  {signal.Signals(number).name}: reports and exit code {code} after {gate.took_s * 1000:.0f} ms")
            found = read_all(town.directory)
            assert "stopped by " + signal.Signals(number).name in found["json"]["sentence"]
            assert gate.out, "standard output, too"
            assert found["junit"][0]["verdict"][0] == "error"


def a_signal_keeps_the_numbers_so_far(davy):
    with Town(Target(0.004)) as town:
        gate = Gate(davy, town.policy(window="60s", more="decide_early: false\n"), *everywhere(town.directory),
                    kill_after=3.0)
        assert gate.code == 143 and gate.took_s < 2, (gate.code, gate.took_s)
        found = read_all(town.directory)
    assert found["json"]["checks"][0]["canary"]["samples"] > 300, found["json"]["checks"]
    assert len(found["ndjson"]) > 4


def a_rollback_that_has_begun_is_finished(davy):
    """The deploy system takes 4 s to answer; the signal comes meanwhile. A report is there at once, and the end's
    report replaces it."""
    with Town(Target(0.3), deploys_hang=True) as town:
        early = {}

        def look():
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and not (town.directory / "json").exists():
                time.sleep(0.01)
            early["at"], early["report"] = time.monotonic(), json.loads((town.directory / "json").read_text())

        watcher = threading.Thread(target=look)
        watcher.start()
        began = time.monotonic()
        gate = Gate(davy, town.policy(), *everywhere(town.directory), kill_after=4.0)
        watcher.join()
        assert gate.code == 143, (gate.code, gate.err)
        assert early["at"] - began < 6, early
        assert early["report"]["end"] == "rolling_back", early["report"]["end"]
        assert len(town.rollbacks) == 1
        final = json.loads((town.directory / "json").read_text())
        assert final["actions"] and final["actions"][0]["accepted"], final["actions"]


def a_timeout_ends_without_a_verdict(davy):
    with Town(Target(answer="hang")) as town:
        began = time.monotonic()
        gate = Gate(davy, town.policy(interval="20s", window="60s"), "--timeout", "1s", *everywhere(town.directory))
        assert gate.code == 4 and time.monotonic() - began < 4, (gate.code, gate.err)
        assert read_all(town.directory)["dotenv"]["DAVY_VERDICT"] == "timed_out"


def mistakes_are_said_before_anything_begins(davy):
    with Town(Target(0.004)) as town:
        (town.directory / "file").write_text("")
        for arguments, said in [(["--output", "jnuit"], "did you mean junit?"),
                                (["--output", "json", "--output", "ndjson"], "goes to the same place"),
                                (["--output", f"json={town.directory}"], "it is a folder"),
                                (["--output", f"json={town.directory}/file/x.json"], "Not a directory"),
                                (["--output", "json="], "has no name"),
                                (["--timeout", "soon"], "soon"),
                                (["--inconclusive", "maybe"], "maybe")]:
            gate = Gate(davy, town.policy(), *arguments)
            assert gate.code == 2 and said in gate.err, (arguments, gate.code, gate.err)
            assert not gate.out and not town.rollbacks


def an_output_that_fails_later_keeps_the_exit_code(davy):
    with Town(Target(0.3)) as town:
        folder = town.directory / "gone"
        folder.mkdir()
        policy = town.policy()
        threading.Timer(1.0, shutil.rmtree, [folder]).start()
        gate = Gate(davy, policy, "--output", f"junit={folder}/junit.xml", "--output", "dotenv=/dev/full",
                    "--output", f"json={town.directory}/json")
        assert gate.code == 10, (gate.code, gate.err)
        assert "junit.xml" in gate.err and "/dev/full" in gate.err, gate.err
        assert json.loads((town.directory / "json").read_text())["end"] == "healed"


def a_reader_that_goes_away_keeps_the_exit_code(davy):
    with Town(Target(0.3)) as town:
        reading, writing = os.pipe()
        os.close(reading)
        gate = subprocess.run([davy, "gate", town.policy(), "--output", "ndjson"], stdout=writing,
                              stderr=subprocess.PIPE, timeout=60)
        os.close(writing)
        assert gate.returncode == 10, (gate.returncode, gate.stderr)


def github_gets_annotations_summary_and_outputs(davy):
    with Town(Target(0.3)) as town:
        summary, outputs = town.directory / "summary", town.directory / "outputs"
        summary.write_text("before\n")
        environment = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_STEP_SUMMARY": str(summary),
                       "GITHUB_OUTPUT": str(outputs)}
        gate = Gate(davy, town.policy(name=HOSTILE), "--output", "json", "--output",
                    f"junit={town.directory}/junit.xml", environment=environment)
        assert gate.code == 10, gate.err
        assert json.loads(gate.out)["end"] == "healed", "standard output stays JSON"
        commands = [line + "\n" for line in gate.err.splitlines() if line.startswith("::")]
        assert [kind for kind, _, _ in readers.annotations("".join(commands))] == ["error"]
        readers.no_foreign_commands("\n".join(x for x in gate.err.split("\n") if not x.startswith("::error")))
        assert summary.read_text().startswith("before\n# checkout")
        readers.markdown(summary.read_text()[len("before\n"):])
        said = readers.assignments(outputs.read_text())
        assert said["verdict"] == "fail" and said["exit_code"] == "10" and said["report"].endswith("junit.xml"), said
        # A summary that is nearly full stays below the limit of 1 MiB.
        summary.write_text("x" * (1000 * 1024 - 500))
        town.rollbacks.clear()
        Gate(davy, town.policy(), environment=environment)
        assert summary.stat().st_size <= 1024 * 1024


def gitlab_gets_a_section(davy):
    with Town(Target(0.004)) as town:
        gate = Gate(davy, town.policy(window="2s"), environment={"GITLAB_CI": "true", "CI": "true"})
        assert gate.code == 0, gate.err
        readers.gitlab(gate.raw.decode())
        plain = Gate(davy, town.policy(window="2s"), "--ci", "none", environment={"GITLAB_CI": "true"})
        assert "section_start" not in plain.out and plain.out.startswith("# checkout")


def a_terminal_shows_a_screen_that_redraws(davy):
    import fcntl
    import pty
    import struct
    import termios

    def run(columns, **environment):
        with Town(Target(0.3)) as town:
            ours, theirs = pty.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 12, columns, 0, 0))
            policy = town.policy(name="läßt 字字字 errors")
            process = subprocess.Popen([davy, "gate", policy], stdout=subprocess.PIPE, stderr=theirs,
                                       env={"TERM": "xterm", "PATH": "/usr/bin", **environment})
            os.close(theirs)
            drawn = b""
            while True:
                try:
                    piece = os.read(ours, 65536)
                except OSError:
                    break
                if not piece:
                    break
                drawn += piece
            process.communicate(timeout=60)
            os.close(ours)
            assert process.returncode == 10
            return drawn.decode("utf-8")

    drawn = run(60)
    assert "\x1b[2A" in drawn or "\x1b[3A" in drawn, repr(drawn[:500])
    assert "\x1b[31m" in drawn and "healed" in drawn
    for line in drawn.replace("\r", "").split("\n"):
        seen = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line)
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in seen)
        assert width <= 60, (width, seen)
    assert "\x1b[31m" not in run(80, NO_COLOR="1")
    assert "\x1b" not in run(80, TERM="dumb")
    assert "\x1b" not in run(80, CI="true")


class Server:
    """`davy guard` on a port of its own, with a token."""

    def __init__(self, davy, town, **settings):
        self.token = town.directory / "token"
        self.token.write_text("s3cret\n")
        self.process = subprocess.Popen([davy, "guard", town.policy(**settings), "--listen", "127.0.0.1:0",
                                         "--api-token-file", self.token], stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "listening on" in line:
                self.origin = line.rsplit(" ", 1)[1].strip()
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def start(self, release):
        request = urllib.request.Request(self.origin + "/api/v1/releases", json.dumps({"release": release}).encode(),
                                         {"Authorization": "Bearer s3cret"})
        urllib.request.urlopen(request).read()


def a_gate_follows_a_release_of_a_server(davy):
    with Town(Target(0.3)) as town, Server(davy, town) as server:
        gate = Gate(davy, "--server", server.origin, "--start", "--release", "r1", "--revision", "4f2c",
                    "--api-token-file", server.token, *everywhere(town.directory))
        assert gate.code == 10, (gate.code, gate.err)
        found = read_all(town.directory)
        assert found["json"]["end"] == "healed" and found["json"]["revision"] == "4f2c", found["json"]
        assert found["json"]["actions"][0]["verified"] and found["json"]["timeline"]
        assert found["junit"][0]["errors"][0] == "failure"
        again = Gate(davy, "--server", server.origin, "--service", "checkout", "--release", "r1")
        assert again.code == 10, "a release that has ended is told at once"
    with Town(Target(0.004)) as town, Server(davy, town, window="4s") as server:
        threading.Timer(1.5, server.start, ["r2"]).start()
        gate = Gate(davy, "--server", server.origin, "--timeout", "30s", "--output", "ndjson")
        assert gate.code == 0, (gate.code, gate.err)
        assert readers.ndjson(gate.out)[-1]["release"] == "r2", "whoever names none follows the one that runs"


def a_server_that_is_silent_or_says_no(davy):
    began = time.monotonic()
    gate = Gate(davy, "--server", "http://127.0.0.1:1", "--blind-after", "1s", "--output", "json")
    assert gate.code == 5 and time.monotonic() - began < 6, (gate.code, gate.err)
    assert "could not be reached for 1s" in json.loads(gate.out)["sentence"]
    with Town(Target(0.004)) as town, Server(davy, town) as server:
        for arguments, said in [(["--start"], "401"), (["--service", "a&b"], "no such service"),
                                (["--start", "--listen", "127.0.0.1:0"], "belong to the server"),
                                ([town.policy()], "leave the file out")]:
            gate = Gate(davy, "--server", server.origin, *arguments)
            assert gate.code == 2 and said in gate.err, (arguments, gate.code, gate.err)
        gate = Gate(davy, "--server", server.origin, "--release", "never", "--timeout", "1s")
        assert gate.code == 4, (gate.code, gate.err)


def a_release_of_a_server_that_another_replaces_is_superseded(davy):
    with Town(Target(0.004)) as town, Server(davy, town, window="60s", more="decide_early: false\n") as server:
        server.start("r1")
        threading.Timer(2.5, server.start, ["r2"]).start()
        gate = Gate(davy, "--server", server.origin, "--release", "r1", *everywhere(town.directory))
        assert gate.code == 7, (gate.code, gate.err)
        assert read_all(town.directory)["dotenv"]["DAVY_VERDICT"] == "superseded"
        gate = Gate(davy, "--server", server.origin, *everywhere(town.directory), kill_after=2.5)
        assert gate.code == 143 and gate.took_s < 2, (gate.code, gate.took_s)
        found = read_all(town.directory)
        assert found["json"]["release"] == "r2" and found["json"]["checks"], found["json"]
        assert found["json"]["gate"]["warning"] == "the server goes on watching"


def steps_of(town, window="3s"):
    return "steps:\n" + "".join(f"  - {{name: {n}%, window: {window}, actions: [http: {{url: '{town.origin}/step/{n}'}}]}}\n"
                                for n in (10, 25, 50))


def a_rollout_in_steps_goes_on_while_each_window_passes(davy):
    with Town(Target(0.004)) as town:
        gate = Gate(davy, town.policy(more=steps_of(town)), "--steps", "--release", "r1", *everywhere(town.directory))
        assert gate.code == 0, (gate.code, gate.err)
        assert town.steps == ["/step/10", "/step/25", "/step/50"] and not town.rollbacks
        found = read_all(town.directory)
        assert found["json"]["release"] == "r1" and len(found["json"]["actions"]) == 3, found["json"]
        assert found["json"]["sentence"].startswith("step 50%: "), found["json"]["sentence"]
        times = [entry["since_deploy_s"] for entry in found["json"]["timeline"]]
        assert times == sorted(times) and times[-1] > 5, times


def a_rollout_in_steps_is_rolled_back_where_it_fails(davy):
    with Town(Target(0.004)) as town:
        town.bad_steps = {"/step/25": 0.4}
        gate = Gate(davy, town.policy(more=steps_of(town)), "--steps", *everywhere(town.directory))
        assert gate.code == 10, (gate.code, gate.err)
        assert town.steps == ["/step/10", "/step/25"] and len(town.rollbacks) == 1, town.steps
        assert read_all(town.directory)["json"]["sentence"].startswith("step 25%: ")
    with Town(Target(0.004)) as town:
        town.bad_steps = {"/step/25": "refused"}
        gate = Gate(davy, town.policy(more=steps_of(town)), "--steps", *everywhere(town.directory))
        assert gate.code == 6 and town.steps[-1] == "/step/25" and not town.rollbacks, (gate.code, gate.err, town.steps)
        assert "step 25% could not be taken" in read_all(town.directory)["json"]["sentence"]
    with Town(Target(0.004)) as town:
        policy = town.policy(more=steps_of(town, window="60s") + "decide_early: false\n")
        gate = Gate(davy, policy, "--steps", *everywhere(town.directory), kill_after=2)
        assert gate.code == 143 and gate.took_s < 2 and town.steps == ["/step/10"], (gate.code, town.steps)
        assert read_all(town.directory)["json"]["actions"], "the step that was taken is in the partial report"
        gate = Gate(davy, policy, "--steps", "--journal", town.directory / "journal")
        assert gate.code == 2 and "not resumed" in gate.err
        assert Gate(davy, town.policy(), "--steps").code == 2


TESTS = [a_bad_canary_fails_in_every_format, hostile_names_come_through_harmless, a_good_canary_passes,
         a_blind_gate_is_an_error_and_no_failure, inconclusive_counts_as_asked,
         a_signal_leaves_a_report_within_two_seconds, a_signal_keeps_the_numbers_so_far,
         a_rollback_that_has_begun_is_finished, a_timeout_ends_without_a_verdict,
         mistakes_are_said_before_anything_begins, an_output_that_fails_later_keeps_the_exit_code,
         a_reader_that_goes_away_keeps_the_exit_code, github_gets_annotations_summary_and_outputs,
         gitlab_gets_a_section, a_terminal_shows_a_screen_that_redraws, a_gate_follows_a_release_of_a_server,
         a_server_that_is_silent_or_says_no, a_release_of_a_server_that_another_replaces_is_superseded,
         a_rollout_in_steps_goes_on_while_each_window_passes, a_rollout_in_steps_is_rolled_back_where_it_fails]


def main():
    davy, *names = sys.argv[1:]
    for program in ("xmllint", "cmark-gfm"):
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed; ./scripts/setup installs it")
            return 77
    failed = 0
    for test in TESTS:
        if names and test.__name__ not in names:
            continue
        began, result = time.monotonic(), "passed"
        try:
            test(davy)
        except Exception:
            traceback.print_exc()
            failed, result = failed + 1, "FAILED"
        print(f"{test.__name__}: {result} in {time.monotonic() - began:.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
