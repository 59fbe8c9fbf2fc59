"""Loopback services for gates: targets whose counters grow with time, and a deploy system that counts rollbacks.

A target's numbers are a function of the time, so that a gate of a few seconds has thousands of requests to judge."""

import http.server
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

RATE = 400  # requests a second, a target


class Target:
    """answer: "numbers", "hang" (takes the connection and says nothing) or "garbage"."""

    def __init__(self, error_share=0.0, answer="numbers", labels=""):
        self.error_share, self.answer, self.labels = error_share, answer, labels
        self.born = time.monotonic()
        self.released = threading.Event()
        self.total, self.bad = 1000.0, 0.0  # until born

    def change(self, error_share):
        """From now on: counters go on from where they are."""
        now = time.monotonic()
        self.bad += RATE * (now - self.born) * self.error_share
        self.total += RATE * (now - self.born)
        self.born, self.error_share = now, error_share

    def metrics(self):
        fresh = RATE * (time.monotonic() - self.born)
        total, bad = self.total + fresh, int(self.bad + fresh * self.error_share)
        return ("# TYPE http_requests_total counter\n"
                f'http_requests_total{{code="200"{self.labels}}} {int(total) - bad}\n'
                f'http_requests_total{{code="500"{self.labels}}} {bad}\n').encode()


class Town:
    """One canary, two baselines, one deploy system; ends with the `with` statement."""

    def __init__(self, canary, refusal=None, deploys_hang=False):
        self.canary, self.rollbacks = canary, []
        self.steps, self.bad_steps = [], {}  # paths asked for; what each of them makes of the canary
        self.refusal, self.deploys_hang = refusal, deploys_hang  # bytes: the deploy system refuses, and why
        self.baseline = [Target(0.004), Target(0.004)]
        self.scratch = tempfile.TemporaryDirectory(prefix="davy-gate-")
        self.directory = pathlib.Path(self.scratch.name)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a gate that ends takes its connections with it
        self.origin = "http://127.0.0.1:%d" % self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.canary.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.scratch.cleanup()

    def policy(self, name="errors", service="checkout", window="5s", more="", interval="250ms", more_of_check=""):
        text = (f"version: davy/v1\nservice: {json.dumps(service)}\n"
                f"canary: {{targets: ['{self.origin}/canary/metrics']}}\n"
                f"baseline: {{targets: ['{self.origin}/baseline/0/metrics', "
                f"'{self.origin}/baseline/1/metrics']}}\n"
                f"scrape: {{interval: {interval}, timeout: {interval}}}\n"
                f"window: {window}\nwarmup: 500ms\n"
                f"checks:\n  - name: {json.dumps(name)}\n"
                "    method: threshold\n"
                "    ratio: {errors: 'http_requests_total{code=~\"5..\"}', total: http_requests_total}\n"
                "    max: 5%\n    max_increase: 100%\n    ignore_increase_below: 1pp\n"
                f"{more_of_check}"
                f"rollback:\n  - http: {{url: '{self.origin}/rollback', "
                f"verify: {{url: '{self.origin}/canary', pointer: /canary, equals: out}}}}\n"
                "guard_rails: {deadline: 5s, verify_for: 10s}\n" + more)
        path = self.directory / "policy.yaml"
        path.write_text(text)
        return str(path)


def handler(town):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def reply(self, body, kind="text/plain; version=0.0.4", status=200):
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked has gone

        def do_GET(self):
            parts = self.path.strip("/").split("/")
            if parts == ["canary"]:
                state = {"canary": "out" if town.rollbacks else "in"}
                self.reply(json.dumps(state).encode(), "application/json")
                return
            target = town.canary if parts[0] == "canary" else town.baseline[int(parts[1])]
            if target.answer == "hang":
                target.released.wait(60)
            self.reply(b"<<<\0\xff" if target.answer == "garbage" else target.metrics())

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.startswith("/step/"):
                town.steps.append(self.path)
                share = town.bad_steps.get(self.path)
                if share == "refused":
                    self.reply(b"no", "text/plain", 403)
                    return
                if share is not None:
                    town.canary.change(share)
                self.reply(b"{}", "application/json")
                return
            if town.refusal is not None:
                self.reply(town.refusal, "text/plain", 422)
                return
            if town.deploys_hang:
                town.canary.released.wait(4)
            town.rollbacks.append(body)
            # Traffic leaves the canary.
            town.canary.metrics = (lambda still=town.canary.metrics(): still)
            self.reply(b"{}", "application/json")

    return Handler


class Gate:
    """A run of the real binary: its exit code, its output and how long it took."""

    def __init__(self, davy, *arguments, environment=None, cwd=None, kill_after=None, with_signal=signal.SIGTERM):
        clean = {k: v for k, v in os.environ.items()
                 if k not in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        clean.update(environment or {})
        process = subprocess.Popen([davy, "gate", *map(str, arguments)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=clean, cwd=cwd)
        self.took_s = None
        if kill_after is not None:
            time.sleep(kill_after)
            began = time.monotonic()
            process.send_signal(with_signal)
            out, err = process.communicate(timeout=30)
            self.took_s = time.monotonic() - began
        else:
            out, err = process.communicate(timeout=90)
        self.code, self.raw = process.returncode, out
        self.out, self.err = out.decode("utf-8"), err.decode("utf-8")
