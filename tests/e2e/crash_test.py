#!/usr/bin/env python3
"""Kills davy with SIGKILL at every step of a rollback and starts it again: whatever the step, the deploy system must see
exactly one effective rollback, and the journal must end finished. Usage: crash_test.py DAVY_CRASH KILL_SHIM"""

import contextlib
import http.server
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

POLICY = """version: davy/v1
service: shop
canary: {{targets: [{canary}/metrics]}}
baseline: {{targets: [{baseline}/metrics]}}
scrape: {{interval: 200ms, timeout: 180ms}}
window: 30s
warmup: 0s
checks:
  - name: errors
    ratio: {{errors: 'http_requests_total{{code="500"}}', total: http_requests_total}}
    max: 5%
    method: threshold
    min_samples: 5
    confirmations: 2
    lookback: 1s
rollback:
{actions}
guard_rails: {{deadline: 10s, verify_for: 8s}}
"""
FIRST_REFUSES = """  - http: {{url: {deploys}/refuse}}
"""
ACTION = """  - http: {{url: {deploys}/rollback}}
"""
LIMIT_S = 25


class Town:
    """Two services whose counters follow the clock, and a deploy API that knows its idempotency keys."""

    def __init__(self):
        self.lock = threading.Lock()
        self.born = time.monotonic()
        self.left_at = None  # when traffic left the canary
        self.calls, self.effective = [], []
        self.kill_on_request = None  # "head" before the body is read, "answer" before the reply
        self.answer_after_s = 0
        self.davy = None
        self.servers = [self.serve(self.metrics(True)), self.serve(self.metrics(False)), self.serve(self.deploys())]
        self.canary, self.baseline, self.deploy_api = [f"http://127.0.0.1:{s.server_port}" for s in self.servers]

    @staticmethod
    def serve(handler):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def metrics(self, canary):
        town = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                end = town.left_at if canary and town.left_at else time.monotonic()
                total = int((end - town.born) * 200)
                bad = total // 2 if canary else 0
                body = f'http_requests_total{{code="200"}} {total - bad}\nhttp_requests_total{{code="500"}} {bad}\n'.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        return Handler

    def die(self, where):
        if self.kill_on_request != where:
            return False
        self.kill_on_request = None
        self.davy.send_signal(signal.SIGKILL)
        return True

    def deploys(self):
        town = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                if town.die("head"):
                    return
                self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Idempotency-Key"]
                with town.lock:
                    if self.path == "/refuse":
                        status = 400
                    else:
                        status = 200
                        town.calls.append(key)
                        if key not in town.effective:
                            town.effective.append(key)
                        town.left_at = town.left_at or time.monotonic()
                if town.die("answer"):
                    return
                time.sleep(town.answer_after_s)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        return Handler


class Case:
    def __init__(self, binary, shim):
        self.binary, self.shim = binary, shim
        self.folder = tempfile.TemporaryDirectory(prefix="davy-crash-")
        self.town = Town()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def start(self, actions=ACTION, watch=True, **environment):
        with open(self.path("policy.yaml"), "w") as file:
            text = actions.format(deploys=self.town.deploy_api)
            file.write(POLICY.format(canary=self.town.canary, baseline=self.town.baseline, actions=text))
        command = [self.binary, "guard", self.path("policy.yaml"), "--journal", self.path("journal"), "--report-dir",
                   self.path("reports"), "--listen", "127.0.0.1:0"] + (["--start", "now", "--release", "r1"] if watch else [])
        log = open(self.path("log"), "a")
        self.town.davy = subprocess.Popen(command, env={**os.environ, **environment}, stderr=log, stdout=log)
        return self.town.davy

    def entries(self):
        with contextlib.closing(sqlite3.connect(self.path("journal"))) as db:
            return db.execute("SELECT kind, body FROM entries WHERE release = 'r1' ORDER BY sequence").fetchall()

    def finished(self):
        return os.path.exists(self.path("reports/r1.json"))

    def wait_finished(self):
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end and not self.finished():
            time.sleep(0.05)
        process = self.town.davy
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        assert self.finished(), "no report: " + open(self.path("log")).read()[-1500:]

    def check(self):
        assert self.town.effective == ["r1.rollback.%d" % self.expected_action], self.town.effective
        kinds = [kind for kind, _ in self.entries()]
        assert kinds[-1] == "told" and "release_ended" in kinds, kinds
        report = json.load(open(self.path("reports/r1.json")))
        assert report["end"] == "healed", report["sentence"]

    expected_action = 1

    def close(self):
        if self.town.davy and self.town.davy.poll() is None:
            self.town.davy.kill()
        self.town.close()
        self.folder.cleanup()


def killed_at_step(case, step):
    actions = FIRST_REFUSES + ACTION if step == "R09" else ACTION
    case.expected_action = 2 if step == "R09" else 1
    assert case.start(actions, DAVY_DIE_AT=step).wait(LIMIT_S) == -signal.SIGKILL, "it did not die"
    case.start(actions)
    case.wait_finished()
    case.check()


def killed_by_peer(case, where):
    case.town.kill_on_request = where
    assert case.start().wait(LIMIT_S) == -signal.SIGKILL, "it did not die"
    case.start()
    case.wait_finished()
    case.check()


def killed_in_journal(case, operation, nth):
    """The n-th write to (or sync of) the write-ahead log is cut in half (or never happens)."""
    environment = {"LD_PRELOAD": case.shim, "DAVY_KILL_FILE": "-wal", "DAVY_KILL_OPERATION": operation,
                   "DAVY_KILL_NTH": str(nth)}
    process = case.start(**environment)
    end = time.monotonic() + LIMIT_S
    while process.poll() is None and not case.finished() and time.monotonic() < end:
        time.sleep(0.02)
    assert process.poll() == -signal.SIGKILL, "there were fewer than that: nothing was cut"
    case.start()
    case.wait_finished()
    case.check()


def killed_in_checkpoint(case, nth):
    """The log is being moved into the journal's file, as at every end, when the process dies."""
    environment = {"LD_PRELOAD": case.shim, "DAVY_KILL_FILE": "journal", "DAVY_KILL_OPERATION": "write",
                   "DAVY_KILL_NTH": str(nth)}
    process = case.start(**environment)
    end = time.monotonic() + LIMIT_S
    while not case.finished() and time.monotonic() < end:
        time.sleep(0.05)
    assert case.finished(), "it died before its end"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == -signal.SIGKILL, "there were fewer writes than that"
    process = case.start(watch=False)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    case.check()


def terminated_in_flight(case):
    """R14: SIGTERM during the API call: the call is finished and recorded, the exit code is 0, a restart goes on."""
    case.town.answer_after_s = 1
    process = case.start()
    while not case.town.calls:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0, process.returncode
    assert [kind for kind, _ in case.entries()].count("outcome") == 1
    case.start()
    case.wait_finished()
    case.check()
    assert len(case.town.calls) == 1, case.town.calls


def main():
    binary, shim = sys.argv[1:3]
    cases = [(f"{step} killed at the step", lambda c, s=step: killed_at_step(c, s))
             for step in ("R01", "R02", "R05", "R08", "R09", "R10", "R11")]
    cases += [("R06 killed with the request half read", lambda c: killed_by_peer(c, "head")),
              ("R07 killed before the reply", lambda c: killed_by_peer(c, "answer")),
              ("R12 killed early in the journal's compaction", lambda c: killed_in_checkpoint(c, 4)),
              ("R12 killed later in the journal's compaction", lambda c: killed_in_checkpoint(c, 6)),
              ("R14 SIGTERM in flight", terminated_in_flight)]
    for nth in (3, 7, 11, 15, 19, 23):
        cases.append((f"R03 journal write {nth} torn", lambda c, n=nth: killed_in_journal(c, "write", n)))
    for nth in (2, 4, 6, 8, 10):
        cases.append((f"R04 before journal sync {nth}", lambda c, n=nth: killed_in_journal(c, "sync", n)))

    def run(named):
        name, test = named
        case = Case(binary, shim)
        try:
            test(case)
            return name, None
        except Exception as failure:  # noqa: BLE001 - every failure is reported by name
            return name, f"{type(failure).__name__}: {failure}"
        finally:
            case.close()

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(run, cases))
    for name, failure in results:
        print(("ok    " if failure is None else "FAIL  ") + name + (f": {failure}" if failure else ""))
    failed = sum(1 for _, failure in results if failure)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
