"""The life of one pod on the play-kubelet, in a thread of its own: start, probe, restart, tell, stop."""

import shutil
import sys
import threading
import time

from .api import ApiError, path
from .container import Container, now_text
from .pod_files import PodFiles, Unsupported

TICK_S = 0.05


class Pod:
    def __init__(self, kubelet, thing):
        metadata = thing["metadata"]
        self.namespace, self.name, self.uid = metadata["namespace"], metadata["name"], metadata["uid"]
        self.kubelet, self.thing, self.spec = kubelet, thing, thing["spec"]
        self.where = path("pods", self.namespace, self.name)
        self.address = kubelet.addresses.take()
        self.directory = kubelet.directory / "pods" / f"{self.namespace}_{self.name}"
        self.directory.mkdir(parents=True, exist_ok=True)
        self.files = PodFiles(kubelet.api, thing, self.address, kubelet.host_ip, self.directory,
                              kubelet.directory / "claims")
        self.annotations = metadata.get("annotations", {})
        self.inits, self.mains = [], []
        self.born, self.start_time = time.monotonic(), now_text()
        self.told, self.transitions, self.problem = None, {}, None
        self.stopping = False
        self.delete = threading.Event()  # the API server wants it gone
        self.gone = threading.Event()  # it is gone from the API server, or the test ends
        self.thread = threading.Thread(target=self.run, name=f"pod {self.name}", daemon=True)

    def run(self):
        try:
            self.make_containers()
            while not self.delete.is_set() and not self.gone.is_set():
                self.step()
                self.tell()
                self.gone.wait(TICK_S)
            self.end()
        except Exception as error:  # a thread's end would otherwise pass unseen
            print(f"kubelet: pod {self.namespace}/{self.name}: {error!r}", file=sys.stderr)
            raise
        finally:
            for container in self.containers():
                container.stop(grace_s=0)
            shutil.rmtree(self.directory, ignore_errors=True)
            self.kubelet.addresses.give_back(self.address)

    def containers(self):
        return self.inits + self.mains

    def container(self, name):
        return next(container for container in self.containers() if container.name == name)

    def make_containers(self):
        try:
            self.inits = [Container(spec, self, "sidecar" if spec.get("restartPolicy") == "Always" else "init")
                          for spec in self.spec.get("initContainers", [])]
            self.mains = [Container(spec, self, "main") for spec in self.spec["containers"]]
        except Unsupported as error:
            self.inits = self.mains = []
            self.fail(str(error))

    def fail(self, problem):
        if self.problem != problem:
            print(f"kubelet: pod {self.namespace}/{self.name}: {problem}", file=sys.stderr)
        self.problem = problem

    def step(self):
        for container in self.containers():
            container.step()
        if self.phase() in ("Succeeded", "Failed"):  # the sidecars of a Job's pod do not outlive what they stand beside
            for container in self.inits:
                container.stop()
            return
        for container in self.next_to_start():
            try:
                container.start()
                self.problem = None
            except (Unsupported, ApiError, KeyError) as error:  # a ConfigMap may still come: ask again
                self.fail(f"container {container.name}: {error}")
                self.gone.wait(0.3)
                return

    def next_to_start(self):
        """Init containers one after the other, each ended or, a sidecar, started; then the others together."""
        for container in self.inits:
            if container.process is None and container.finished() is None and container.restart_at is None:
                return [container]
            if container.finished() != 0 if container.kind == "init" else not container.started:
                return []
        return [container for container in self.mains
                if container.process is None and container.finished() is None and container.restart_at is None]

    def may_be_ready(self, container):
        """Readiness that the test holds back: by a function, or by the annotations of the pod's template."""
        if container.kind != "main":
            return True
        delay_s = float(self.annotations.get("lab/ready-after-s", 0))
        return (self.kubelet.may_be_ready(self.thing) and self.annotations.get("lab/never-ready") != "true"
                and time.monotonic() - container.running_since >= delay_s)

    def phase(self):
        ends = [container.finished() for container in self.mains]
        if ends and None not in ends:
            return "Failed" if any(ends) else "Succeeded"
        if any(container.kind == "init" and container.finished() and container.restart_at is None
               for container in self.inits):
            return "Failed"
        return "Running" if self.mains and all(container.begun() for container in self.mains) else "Pending"

    def tell(self):
        """Writes the status when it has changed."""
        status = self.status()
        if status == self.told:
            return
        try:
            self.kubelet.api.patch(self.where + "/status", {"metadata": {"uid": self.uid}, "status": status})
            self.told = status
        except (ApiError, OSError) as error:
            if isinstance(error, ApiError) and error.status in (404, 409):
                self.gone.set()
            else:  # the API server is away: told again at the next tick
                self.gone.wait(0.3)

    def status(self):
        phase = self.phase()
        ready = bool(self.mains) and all(container.ready for container in self.mains) and not self.stopping
        initialized = all(c.finished() == 0 if c.kind == "init" else c.started for c in self.inits)
        conditions = {"PodScheduled": True, "Initialized": initialized, "ContainersReady": ready, "Ready": ready}
        return {"phase": phase, "hostIP": self.kubelet.host_ip, "podIP": self.address,
                  "podIPs": [{"ip": self.address}], "startTime": self.start_time,
                  "conditions": [self.condition(kind, holds) for kind, holds in conditions.items()],
                  "initContainerStatuses": [container.status() for container in self.inits],
                  "containerStatuses": [container.status() for container in self.mains],
                  "reason": "LabCannotStart" if self.problem else None, "message": self.problem}

    def condition(self, kind, holds):
        value = "True" if holds else "False"
        if self.transitions.get(kind, ("", ""))[0] != value:
            self.transitions[kind] = (value, now_text())
        return {"type": kind, "status": value, "lastTransitionTime": self.transitions[kind][1]}

    def end(self):
        """Asked to go: the containers first, then the sidecars, the last started first; then the object itself."""
        if self.gone.is_set():
            return
        self.stopping = True
        deadline = time.monotonic() + self.thing["metadata"].get("deletionGracePeriodSeconds", 30)
        for group in [self.mains, *([container] for container in reversed(self.inits))]:
            for container in group:
                container.signal()
            while any(container.process for container in group):
                if time.monotonic() > deadline or self.gone.is_set():
                    for container in group:
                        container.stop(grace_s=0)
                for container in group:
                    if container.process and container.process.poll() is not None:
                        container.ended()
                time.sleep(TICK_S)
        self.tell()
        if not self.gone.is_set():
            self.kubelet.api.delete(self.where, {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0,
                                                 "preconditions": {"uid": self.uid}})
