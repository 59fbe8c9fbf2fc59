"""davy as a process beside the lab: its policy, its log, its reports."""

import json
import os
import pathlib
import signal

from .processes import wait_until

POLICY = """
version: davy/v1
service: {name}
canary: {{kubernetes: {{namespace: shop, deployment: {name}, port: http}}}}
baseline: {{kubernetes: {{namespace: shop, deployment: {name}, port: http}}}}
scrape: {{interval: 500ms, timeout: 400ms}}
window: {window}
warmup: 2s
{more}
checks:
  - name: errors
    ratio: {{errors: 'http_requests_total{{code=~"5.."}}', total: http_requests_total}}
    max: 5%
    max_increase: 100%
    ignore_increase_below: 0.5pp
  - name: restarts
    restarts: {{}}
    severity: P0
rollback:
  - kubernetes: {action}
guard_rails: {{deadline: {deadline}, verify_for: 20s, cooldown: 0s, at_most: 100, per: 1h}}
"""


def policy(name="checkout", window="40s", action=None, more="", deadline="30s"):
    action = action or f"{{deployment: shop/{name}, undo: last_good}}"
    return POLICY.format(name=name, window=window, action=action, more=more, deadline=deadline)


class Davy:
    """A context manager: `davy guard` with one policy. kubeconfig: the administrator's by default."""

    def __init__(self, plane, program, policy_text, name="davy", kubeconfig=None, flags=(), environment=None):
        self.plane, self.program, self.name, self.flags = plane, program, name, flags
        self.kubeconfig = kubeconfig or plane.kubeconfig
        self.environment = environment or {}
        self.directory = pathlib.Path(plane.directory) / name
        self.directory.mkdir(exist_ok=True)
        self.policy_file = self.directory / "policy.yaml"
        self.policy_file.write_text(policy_text)
        self.log_file = plane.processes.logs / f"{name}.log"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        if error[0] is not None:
            print(f"--- the last lines of {self.name}:")
            print("\n".join(line.get("message", "") for line in self.lines()[-25:]), flush=True)
        self.stop()

    def start(self):
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig), **self.environment}
        self.process = self.plane.processes.start(
            self.name, [str(self.program), "guard", str(self.policy_file), "--listen", "", "--log", "json",
                        "--report-dir", str(self.directory / "reports"), *self.flags],
            environment=environment)

    def stop(self):
        if self.process.poll() is None:
            self.plane.processes.stop(self.process)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def lines(self):
        found = []
        for line in self.log_file.read_text(errors="replace").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                found.append({"message": line})
        return found

    def said(self, text):
        return [line for line in self.lines() if text in line.get("message", "")]

    def wait_for(self, text, timeout_s=100):
        wait_until(lambda: self.said(text) or self.process.poll() is not None, timeout_s, f"davy to say '{text}'")
        assert self.said(text), f"davy ended with {self.process.returncode} and never said '{text}'"
        return self.said(text)[-1]

    def reports(self):
        """The accounts of the releases that have ended, oldest first."""
        files = sorted((self.directory / "reports").glob("*.json"), key=lambda file: file.stat().st_mtime)
        return [json.loads(file.read_text()) for file in files]

    def wait_for_report(self, count=1, timeout_s=120):
        wait_until(lambda: len(self.reports()) >= count or self.process.poll() is not None, timeout_s,
                   f"{count} releases to end")
        assert len(self.reports()) >= count, f"davy ended with {self.process.returncode}"
        return self.reports()[count - 1]
