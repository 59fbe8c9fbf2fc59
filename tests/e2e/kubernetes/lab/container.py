"""One container of a pod: a process, its probes and what its status says."""

import datetime
import http.client
import pathlib
import socket
import time

from .pod_files import Unsupported
from .processes import PYTHON

EXAMPLE = pathlib.Path(__file__).with_name("example_service.py")


def now_text():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def runs_davy(spec):
    return spec["image"].rsplit("/", 1)[-1].startswith("davy")


class Probe:
    """Asks at its period; `holds` changes after as many failures in a row as the threshold says."""

    def __init__(self, spec, container_spec, address, holds):
        self.spec, self.address, self.holds = spec, address, holds
        self.period_s = spec.get("periodSeconds", 10)
        self.delay_s = spec.get("initialDelaySeconds", 0)
        self.threshold = spec.get("failureThreshold", 3)
        self.failures, self.next_at = 0, 0.0
        check = spec.get("httpGet") or spec.get("tcpSocket")
        if not check:
            raise Unsupported(f"container {container_spec['name']}: the lab plays only httpGet and tcpSocket probes")
        named = {port.get("name"): port["containerPort"] for port in container_spec.get("ports", [])}
        self.port = named.get(check["port"], check["port"])
        self.path = check.get("path", "/") if "httpGet" in spec else None

    def begin(self, holds):
        self.holds, self.failures, self.next_at = holds, 0, time.monotonic() + self.delay_s

    def step(self):
        if time.monotonic() < self.next_at:
            return self.holds
        good = self.asks()
        self.failures = 0 if good else self.failures + 1
        if good or self.failures >= self.threshold:
            self.holds = good
        # What has not come up yet is asked often, so that tests need not wait for a period.
        self.next_at = time.monotonic() + (self.period_s if self.holds else 0.1)
        return self.holds

    def asks(self):
        try:
            if self.path is None:
                socket.create_connection((self.address, self.port), timeout=1).close()
                return True
            connection = http.client.HTTPConnection(self.address, self.port, timeout=self.spec.get("timeoutSeconds", 1))
            try:
                connection.request("GET", self.path, headers={"Connection": "close"})
                return 200 <= connection.getresponse().status < 400
            finally:
                connection.close()
        except (OSError, http.client.HTTPException):
            return False


class Container:
    def __init__(self, spec, pod, kind):
        self.spec, self.pod, self.kind = spec, pod, kind  # kind: "main", "init" or "sidecar"
        self.name, self.davy = spec["name"], runs_davy(spec)
        self.process = None
        self.state, self.last_state = {"waiting": {"reason": "ContainerCreating"}}, {}
        self.restarts, self.ready, self.started = 0, False, False
        self.restart_at = None
        probes = {name: Probe(spec[name], spec, pod.address, False)
                  for name in ("startupProbe", "readinessProbe", "livenessProbe") if name in spec}
        if not self.davy and kind == "main" and "readinessProbe" not in probes:
            health = {"httpGet": {"path": "/healthz", "port": self.port()}, "periodSeconds": 1}
            probes["readinessProbe"] = Probe(health, spec, pod.address, False)
        self.startup, self.readiness, self.liveness = [
            probes.get(name) for name in ("startupProbe", "readinessProbe", "livenessProbe")]

    def port(self):
        given = [int(variable["value"]) for variable in self.spec.get("env", []) if variable["name"] == "PORT"]
        return given[0] if given else self.spec.get("ports", [{"containerPort": 8080}])[0]["containerPort"]

    def command(self, arguments):
        if not self.davy:
            return [*PYTHON, EXAMPLE]
        if not self.pod.kubelet.davy:
            raise Unsupported(f"container {self.name} runs {self.spec['image']}, but Kubelet was given no davy")
        if self.spec.get("command"):
            if pathlib.Path(arguments[0]).name != "davy":
                raise Unsupported(f"container {self.name}: command {arguments[0]} is not davy")
            arguments = arguments[1:]
        return [self.pod.kubelet.davy, *arguments]

    def start(self):
        given, arguments = self.pod.files.prepare(self.spec)
        host, port = self.pod.kubelet.api_address
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(self.pod.directory),
                       "HOSTNAME": self.pod.name, "KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": str(port)}
        if not self.davy:
            environment.update(HOST=self.pod.address, PORT=str(self.port()))
        environment.update(given)
        self.process = self.pod.kubelet.processes.start(self.log_name(), self.command(arguments), environment,
                                                        cwd=self.pod.directory)
        self.started_at, self.restart_at = now_text(), None
        self.running_since = time.monotonic()
        self.state = {"running": {"startedAt": self.started_at}}
        self.started, self.ready = self.startup is None, False
        for probe, holds in ((self.startup, False), (self.readiness, False), (self.liveness, True)):
            if probe:
                probe.begin(holds)

    def log_name(self):
        return f"{self.pod.namespace}_{self.pod.name}_{self.name}"

    def step(self):
        """Notices an end, restarts when it is time, asks the probes."""
        if self.process and self.process.poll() is not None:
            self.ended()
        if self.process is None:
            if self.restart_at is not None and time.monotonic() >= self.restart_at:
                self.restarts += 1
                self.start()
            return
        if not self.started:
            self.started = self.startup.step()
            return
        self.ready = self.pod.may_be_ready(self) and (self.readiness is None or self.readiness.step())
        if self.liveness and not self.liveness.step():
            self.stop()

    def ended(self):
        code = self.process.returncode
        code = 128 - code if code < 0 else code
        self.pod.kubelet.processes.ended(self.process)
        self.process, self.ready, self.started = None, False, False
        terminated = {"terminated": {"exitCode": code, "reason": {0: "Completed", 137: "OOMKilled"}.get(code, "Error"),
                                     "startedAt": self.started_at, "finishedAt": now_text(),
                                     "containerID": self.container_id()}}
        if self.pod.stopping or self.pod.phase() in ("Succeeded", "Failed") or not self.restarts_after(code):
            self.state = terminated
            return
        self.last_state = terminated
        self.state = {"waiting": {"reason": "CrashLoopBackOff", "message": f"back-off restarting {self.name}"}}
        self.restart_at = time.monotonic() + self.pod.kubelet.backoff_s(self.restarts)

    def restarts_after(self, code):
        policy = "Always" if self.kind == "sidecar" else self.pod.spec.get("restartPolicy", "Always")
        if self.kind == "init" and code == 0:
            return False
        return policy == "Always" or (policy == "OnFailure" and code != 0)

    def begun(self):
        return self.process is not None or self.restart_at is not None or self.finished() is not None

    def finished(self):
        """Ended for good, with this exit code; None as long as it is not."""
        return self.state["terminated"]["exitCode"] if "terminated" in self.state else None

    def signal(self):
        self.restart_at = None
        if self.process:
            self.process.terminate()

    def stop(self, grace_s=2.0):
        if self.process:
            self.pod.kubelet.processes.stop(self.process, grace_s)
            self.ended()

    def container_id(self):
        return f"lab://{self.pod.uid}-{self.name}-{self.restarts}"

    def status(self):
        return {"name": self.name, "image": self.spec["image"], "imageID": f"lab://{self.spec['image']}",
                "containerID": self.container_id() if "waiting" not in self.state else "",
                "ready": self.ready or (self.kind == "init" and self.finished() == 0), "started": self.started,
                "restartCount": self.restarts, "state": self.state, "lastState": self.last_state}
