"""A play-kubelet: one node, on which a pod is processes with an address of their own in 127.10.0.0/16.

A container whose image begins with "davy" runs the given davy with the container's arguments; every other one runs
example_service. Pods that no scheduler places are bound to the node here."""

import pathlib
import queue
import random
import socket
import sys
import threading

from .api import ApiError, path
from .pod import Pod

NODE = "lab-node"


class Addresses:
    """Addresses of one 127.10.N.0/24, which no other lab on this machine uses: whoever holds a port of its last address
    has it. An address that is given back is used last, so that nobody mistakes the new pod for the old one."""

    def __init__(self):
        self.lease = socket.socket()
        for block in random.sample(range(256), 256):
            try:
                self.lease.bind((f"127.10.{block}.254", 19999))
                break
            except OSError:
                continue
        self.free = queue.SimpleQueue()
        for last in range(1, 254):
            self.free.put(f"127.10.{block}.{last}")

    def take(self):
        return self.free.get_nowait()

    def give_back(self, address):
        self.free.put(address)


class Kubelet:
    """A context manager. Started after the control plane, left before it.

    davy: the program that images named davy run. by_way_of: what pods take for the API server, such as a FaultProxy; it
    has host and port. may_be_ready: a function of a pod object, to be changed at will, that can hold back readiness."""

    host_ip = "127.9.0.1"

    def __init__(self, plane, davy=None, by_way_of=None, may_be_ready=lambda pod: True, backoff_max_s=3.0):
        self.api, self.processes = plane.api, plane.processes
        self.directory = pathlib.Path(plane.directory) / "kubelet"
        self.davy, self.may_be_ready, self.backoff_max_s = davy, may_be_ready, backoff_max_s
        self.api_address = (by_way_of.host, by_way_of.port) if by_way_of else ("127.0.0.1", plane.port)
        self.addresses = Addresses()
        self.pods = {}  # uid -> Pod
        self.leaving = threading.Event()
        self.watcher = threading.Thread(target=self.follow, name="kubelet", daemon=True)

    def __enter__(self):
        self.register()
        self.watcher.start()
        return self

    def __exit__(self, *error):
        self.leaving.set()
        pods = list(self.pods.values())
        for pod in pods:
            pod.gone.set()
        for pod in pods:
            pod.thread.join(10)
        self.addresses.lease.close()

    def pod(self, namespace, name):
        """The Pod that runs here under this name: address, directory, container(name).process."""
        return next(pod for pod in list(self.pods.values()) if (pod.namespace, pod.name) == (namespace, name))

    def pods_of(self, namespace, name):
        """The pods of a Deployment or the like that run here and have not been asked to go."""
        return [pod for pod in list(self.pods.values())
                if pod.namespace == namespace and pod.name.startswith(name + "-") and not pod.delete.is_set()]

    def log(self, namespace, name, container):
        return (self.processes.logs / f"{namespace}_{name}_{container}.log").read_text(errors="replace")

    def backoff_s(self, restarts):
        """As the kubelet's, which begins at 10 s and doubles, but for tests."""
        return min(self.backoff_max_s, 0.3 * 2 ** restarts)

    def register(self):
        room = {"cpu": "64", "memory": "64Gi", "pods": "250"}
        self.api.apply({"apiVersion": "v1", "kind": "Node",
                        "metadata": {"name": NODE, "labels": {"kubernetes.io/hostname": NODE}}})
        self.api.patch(path("nodes", name=NODE), {"spec": {"taints": None}})
        self.api.patch(path("nodes", name=NODE, subresource="status"), {"status": {
            "capacity": room, "allocatable": room, "addresses": [{"type": "InternalIP", "address": self.host_ip}],
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]}})

    def follow(self):
        """Lists the pods and watches them; lists again whenever the watch ends, for whatever reason."""
        pods = path("pods")
        while not self.leaving.is_set():
            try:
                listed = self.api.get(pods)
                seen = {pod["metadata"]["uid"] for pod in listed["items"]}
                for uid in set(self.pods) - seen:
                    self.forget(uid)
                for pod in listed["items"]:
                    self.changed(pod)
                for kind, thing in self.api.watch(pods, listed["metadata"]["resourceVersion"]):
                    if self.leaving.is_set() or kind == "ERROR":
                        break
                    if kind == "DELETED":
                        self.forget(thing["metadata"]["uid"])
                    elif kind != "BOOKMARK":
                        self.changed(thing)
            except (OSError, ApiError, ValueError) as error:
                print(f"kubelet: {error}; listing again", file=sys.stderr)
                self.leaving.wait(0.3)

    def forget(self, uid):
        pod = self.pods.pop(uid, None)
        if pod:
            pod.gone.set()

    def changed(self, thing):
        metadata = thing["metadata"]
        node = thing["spec"].get("nodeName")
        if not node and "deletionTimestamp" not in metadata:
            self.bind(metadata)
        elif node == NODE:
            pod = self.pods.get(metadata["uid"])
            if pod is None and thing.get("status", {}).get("phase") not in ("Succeeded", "Failed"):
                pod = self.pods[metadata["uid"]] = Pod(self, thing)
                pod.thread.start()
            if pod:
                pod.thing = thing
                if "deletionTimestamp" in metadata:
                    pod.delete.set()

    def bind(self, metadata):
        binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": metadata["name"]},
                   "target": {"apiVersion": "v1", "kind": "Node", "name": NODE}}
        try:
            self.api.post(path("pods", metadata["namespace"], metadata["name"], "binding"), binding)
        except ApiError as error:
            if error.status not in (404, 409):  # it was deleted, or is bound already
                raise
