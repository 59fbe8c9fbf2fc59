#!/usr/bin/env python3
"""`davy doctor` with the real binary: a healthy pair gets a clean bill, and every planted fault is named.
Usage: doctor_test.py DAVY EXPOSITIONS [NAME...]. The drafts of `davy init` are examined where EXPOSITIONS is."""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

SERVICE = pathlib.Path(__file__).parent / "kubernetes/lab/example_service.py"
CHECKS = """checks:
  - name: errors
    ratio: {errors: 'http_requests_total{code=~"5.."}', total: http_requests_total}
    max: 5%
    max_increase: 100%
    ignore_increase_below: 0.5pp
  - name: latency
    latency: {histogram: http_request_duration_seconds, quantile: 0.99}
    max: 250ms
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Service:
    """The example service with a client that asks it 50 times a second."""

    def __init__(self):
        self.port = free_port()
        environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(self.port), "STOP_DELAY": "0"}
        self.process = subprocess.Popen([sys.executable, SERVICE], env=environment)
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        self.over = threading.Event()
        self.client = threading.Thread(target=self.ask, daemon=True)

    def __enter__(self):
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                break
            time.sleep(0.05)
        self.client.start()
        return self

    def ask(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            while not self.over.wait(0.02):
                connection.request("GET", "/work")
                connection.getresponse().read()

    def __exit__(self, *_):
        self.over.set()
        self.client.join()
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def serving(bodies, content_type="text/plain; version=0.0.4"):
    """Fixed answers by path; every request is remembered."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            asked.append((self.command, self.path))
            body = bodies.get(self.path)
            self.send_response(404 if body is None else 200)
            kind = "application/openmetrics-text" if body and body.rstrip().endswith(b"# EOF") else content_type
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def silence():
    """Takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/metrics"


class Doctor:
    def __init__(self, davy, policy, *flags):
        with tempfile.TemporaryDirectory(prefix="davy-doctor-") as folder:
            file = pathlib.Path(folder) / "policy.yaml"
            file.write_text(policy)
            began = time.monotonic()
            ran = subprocess.run([davy, "doctor", file, *flags], capture_output=True, text=True, timeout=60)
            self.took = time.monotonic() - began
        self.code, self.out, self.err = ran.returncode, ran.stdout, ran.stderr

    def has(self, *words):
        """A line with all of these."""
        found = any(all(word in line for word in words) for line in self.out.splitlines())
        assert found, (words, self.out, self.err)


def policy(canary, baseline, more="", checks=CHECKS, interval="1s"):
    return (f"version: davy/v1\nservice: checkout\ncanary: {{targets: [\"{canary}\"]}}\n"
            f"baseline: {{targets: [\"{baseline}\"]}}\nscrape: {{interval: {interval}, timeout: 1s}}\n{checks}"
            f"{more or 'mode: observe'}\n")


def a_healthy_pair_gets_a_clean_bill(davy, _):
    with Service() as canary, Service() as baseline, serving({}) as (deploys, asked):
        more = f"rollback:\n  - http: {{url: \"{deploys}/rollback\"}}\n"
        with tempfile.TemporaryDirectory() as folder:
            ran = Doctor(davy, policy(canary.url, baseline.url, more), "--journal", folder + "/davy.db", "--report-dir",
                         folder + "/reports")
            assert not os.listdir(folder), "nothing is created"
        assert ran.code == 0, (ran.out, ran.err)
        assert "FAIL" not in ran.out, ran.out
        ran.has("ok", "canary", canary.url, "answers in", "started")
        ran.has("errors", "canary exposes", 'http_requests_total{code=~"5.."}')
        ran.has("ok", "latency", "a bucket ends exactly at the limit, 250ms")
        ran.has("errors", "requests/s, baseline", "requests/s")
        ran.has("rollback http", "can be connected to")
        ran.has("rollback http", "would: POST")
        ran.has("ok", "journal", "can be written")
        assert ran.out.splitlines()[-1].startswith("0 fail, "), ran.out
        assert not asked, "the deploy system was not called"
        machine = Doctor(davy, policy(canary.url, baseline.url, more), "--output", "json")
        report = json.loads(machine.out)
        assert report["healthy"] and report["failures"] == 0 and len(report["findings"]) > 6, report
        print(ran.out)


def what_is_misspelt_is_named(davy, _):
    with Service() as canary, Service() as baseline:
        wrong = CHECKS.replace("total: http_requests_total", "total: http_requests_totl")
        ran = Doctor(davy, policy(canary.url, baseline.url, checks=wrong))
        assert ran.code == 10, ran.out
        ran.has("FAIL", "errors", "http_requests_totl is not exposed by the canary; nearest: http_requests_total")
        ran.has("FAIL", "errors", "http_requests_totl is not exposed by the baseline")
        wrong = CHECKS.replace("total: http_requests_total", "total: 'http_requests_total{code=\"2xx\"}'")
        ran = Doctor(davy, policy(canary.url, baseline.url, checks=wrong))
        assert ran.code == 10, ran.out
        ran.has("FAIL", "errors", 'no series of http_requests_total on the canary has code="2xx"', '"200" and "500"')
        wrong = CHECKS.replace('http_requests_total{code=~"5.."}', 'http_requests_total{status=~"5.."}')
        ran = Doctor(davy, policy(canary.url, baseline.url, checks=wrong))
        assert ran.code == 10, ran.out
        ran.has("FAIL", "errors", "has no label status", "its labels are code")
        wrong = CHECKS.replace("max: 250ms", "max: 20s")
        ran = Doctor(davy, policy(canary.url, baseline.url, checks=wrong))
        ran.has("FAIL", "latency", "the largest bucket ends at 10", "below the limit 20")


def targets_that_are_down_or_hang_are_named_in_time(davy, _):
    with Service() as baseline, silence() as hung:
        down = f"http://127.0.0.1:{free_port()}/metrics"
        ran = Doctor(davy, policy(down, baseline.url))
        assert ran.code == 10, (ran.out, ran.err)
        ran.has("FAIL", "canary", down, "connection refused")
        ran.has("FAIL", "canary", "0 of 1 targets answer")
        ran = Doctor(davy, policy(hung, baseline.url))
        assert ran.code == 10 and ran.took < 10, (ran.took, ran.out)
        ran.has("FAIL", "canary", hung, "timed out")
        slow = policy(hung, baseline.url, interval="30s").replace("timeout: 1s", "timeout: 30s")
        ran = Doctor(davy, slow, "--timeout", "1500ms")
        assert ran.code == 10 and ran.took < 8, (ran.took, ran.out)
        ran.has("FAIL", "doctor", "not done within 1s500ms", "--timeout")


def actions_that_cannot_be_taken_are_named(davy, _):
    nobody = f"http://127.0.0.1:{free_port()}/rollback"
    with Service() as canary, Service() as baseline, tempfile.TemporaryDirectory() as folder:
        acted = os.path.join(folder, "acted")
        more = (f"rollback:\n  - http:\n      url: {nobody}\n      signature: {{secret_file: /nowhere/secret}}\n"
                "  - exec: {argv: [no-such-program-of-davy, '{{release}}']}\n"
                f"  - exec: {{argv: [sh, -c, 'touch {acted}']}}\n"
                "  - haproxy: {socket: /nowhere/haproxy.sock, backend: app, servers: [canary-1]}\n")
        ran = Doctor(davy, policy(canary.url, baseline.url, more))
        assert ran.code == 10, ran.out
        ran.has("FAIL", "rollback http", nobody, "connection refused")
        ran.has("FAIL", "rollback http", "/nowhere/secret", "create /nowhere/secret")
        ran.has("FAIL", "rollback exec", "no-such-program-of-davy is in no folder of PATH")
        ran.has("ok", "rollback exec", "sh is /")
        ran.has("FAIL", "rollback haproxy", "/nowhere/haproxy.sock")
        assert not os.path.exists(acted), "nothing is run"


def hostile_names_are_harmless(davy, _):
    evil = "a\\nFAIL  forged\x1b[2J\u202e::error::x"
    body = (f'# TYPE http_requests_total counter\nhttp_requests_total{{code="{evil}"}} 5\n'
            f'http_requests_total{{code="{"L" * 5000}"}} 5\n').encode()
    wrong = CHECKS.split("  - name: latency")[0].replace("total: http_requests_total",
                                                        "total: 'http_requests_total{code=\"2\"}'")
    with serving({"/a": body, "/b": body}) as (origin, _):
        for output in ("text", "json"):
            ran = Doctor(davy, policy(origin + "/a", origin + "/b", checks=wrong), "--output", output)
            assert ran.code == 10, (ran.out, ran.err)
            assert "\x1b" not in ran.out and "\u202e" not in ran.out, ran.out
            assert not any(line.startswith(("FAIL  forged", "::error")) for line in ran.out.splitlines()), ran.out
            assert max(map(len, ran.out.splitlines())) < (3000 if output == "text" else 20000), ran.out
        json.loads(ran.out)


def a_wrong_policy_and_a_signal_have_codes_of_their_own(davy, _):
    ran = Doctor(davy, "version: davy/v1\nservice: [\n")
    assert ran.code == 3, ran.err
    assert Doctor(davy, CHECKS, "--timeout", "soon").code == 2
    with silence() as hung, tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "policy.yaml"
        file.write_text(policy(hung, hung + "2", interval="20s").replace("timeout: 1s", "timeout: 20s"))
        running = subprocess.Popen([davy, "doctor", file], stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=10)
        assert running.returncode == 130 and "policy" in out, (running.returncode, out)


def what_init_writes_fails_nowhere(davy, expositions):
    files = sorted(expositions.glob("*.txt")) if expositions.is_dir() else []
    if not files:
        print(f"skipped: {expositions} is not here")
        return
    bodies = {f"/{side}/{file.name}": file.read_bytes() for file in files for side in ("canary", "baseline")}
    written, failed, warned = [], [], 0
    with serving(bodies) as (origin, _), tempfile.TemporaryDirectory() as folder:
        for file in files:
            canary, baseline = (f"{origin}/{side}/{file.name}" for side in ("canary", "baseline"))
            draft = pathlib.Path(folder) / (file.stem + ".yaml")
            made = subprocess.run([davy, "init", "--canary", canary, "--baseline", baseline, "--out", draft],
                                  capture_output=True)
            if made.returncode == 0:
                written.append((file.stem, draft))
        running = []
        for name, draft in written:
            running.append((name, subprocess.Popen([davy, "doctor", draft, "--output", "json"], stdout=subprocess.PIPE,
                                                   stderr=subprocess.PIPE, text=True)))
        for name, process in running:
            out, err = process.communicate(timeout=60)
            bad = [f["text"] for f in json.loads(out)["findings"] if f["level"] == "failure"] if out else [err]
            warned += json.loads(out)["warnings"] if out else 0
            if process.returncode != 0:
                failed.append((name, process.returncode, bad))
    assert written, "init wrote nothing"
    assert not failed, "\n".join(map(str, failed))
    print(f"{len(written)} drafts of {len(files)} answers: no failure, {warned} warnings")


TESTS = [a_healthy_pair_gets_a_clean_bill, what_is_misspelt_is_named, targets_that_are_down_or_hang_are_named_in_time,
         actions_that_cannot_be_taken_are_named, hostile_names_are_harmless,
         a_wrong_policy_and_a_signal_have_codes_of_their_own, what_init_writes_fails_nowhere]


def main():
    davy, expositions, wanted = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    failures = 0
    for test in TESTS:
        if wanted and test.__name__ not in wanted:
            continue
        try:
            test(davy, expositions)
            print("ok    ", test.__name__)
        except Exception:
            traceback.print_exc()
            print("FAILED", test.__name__)
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
