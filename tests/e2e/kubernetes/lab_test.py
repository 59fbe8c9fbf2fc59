#!/usr/bin/env python3
"""Proves the lab that the other Kubernetes tests stand on: Deployments roll, crashes are counted, processes end, Argo moves a
canary, and the fault proxy breaks what it is told to break. Exit code 77: skipped, and why."""

import os
import sys
import time
import urllib.request

from lab import (ControlPlane, Kubelet, Load, MissingAssets, available, deployment, namespace, path, service)
from lab.assets import SKIPPED
from lab.processes import wait_until

CHECKOUT = path("deployments", "shop", "checkout")


class Stopwatch:
    def __init__(self):
        self.since = time.monotonic()

    def say(self, what):
        print(f"{time.monotonic() - self.since:6.2f} s  {what}", flush=True)
        self.since = time.monotonic()


def alive(process):
    return os.path.exists(f"/proc/{process.pid}")


def rolls(plane, kubelet, watch):
    """A Deployment becomes available, a change rolls under load without a lost request, and the old processes end."""
    plane.api.apply(service("shop", "checkout"))
    plane.api.apply(deployment("shop", "checkout"))
    plane.api.wait_for(CHECKOUT, available(3))
    watch.say("a Deployment of 3 pods is available")
    old = [pod.container("app").process for pod in kubelet.pods_of("shop", "checkout")]
    with Load(plane, "shop", "checkout", rate=250) as load:
        wait_until(lambda: load.report()["good"] >= 250, 10, "250 requests")
        plane.api.apply(deployment("shop", "checkout", environment={"ERROR_SHARE": "1"}, image="example-service:2"))
        plane.api.wait_for(CHECKOUT, available(3))
        watch.say("1 s of load, then a change has rolled")
        wait_until(lambda: not any(map(alive, old)), 20, "the old processes to end")
        wait_until(lambda: load.report()["bad"] >= 100, 10, "bad answers of the new pods")
        report = load.report()
    watch.say("the old processes have ended")
    assert report["broken"] == 0, report
    assert len(report["pods"]) == 6 and report["first_bad"], report
    assert report["sent"] / report["seconds"] > 150, report
    revisions = [one["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
                 for one in plane.api.list(path("replicasets", "shop"))]
    assert sorted(revisions) == ["1", "2"], revisions


def crashes(plane, kubelet, watch):
    """A process that ends is started again and counted, with the reason that its exit code stands for."""
    for code, reason in ((3, "Error"), (137, "OOMKilled")):
        pod = kubelet.pods_of("shop", "checkout")[0]
        count = pod.container("app").restarts
        try:
            urllib.request.urlopen(f"http://{pod.address}:8080/crash?code={code}", timeout=5)
        except OSError:
            pass  # it ends without an answer

        def restarted(thing):
            status = thing["status"]["containerStatuses"][0]
            return status["restartCount"] == count + 1 and status["ready"] and status
        status = plane.api.wait_for(pod.where, restarted)["status"]["containerStatuses"][0]
        ended = status["lastState"]["terminated"]
        assert (ended["exitCode"], ended["reason"]) == (code, reason), status
    watch.say("two crashes are counted, and the pod is ready again")


def ends(plane, kubelet, watch):
    """What is deleted ends."""
    processes = [pod.container("app").process for pod in kubelet.pods_of("shop", "checkout")]
    plane.api.delete(CHECKOUT)
    wait_until(lambda: not plane.api.list(path("pods", "shop")), 20, "the pods to go")
    assert not any(map(alive, processes))
    watch.say("the Deployment is deleted and its processes have ended")


def main():
    watch = Stopwatch()
    try:
        plane = ControlPlane()
    except MissingAssets as missing:
        print(f"skipped: {missing}")
        return SKIPPED
    with plane, Kubelet(plane) as kubelet:
        watch.say("the control plane is up: " + ", ".join(f"{name} {s:.1f} s" for name, s in plane.times.items()))
        plane.api.apply(namespace("shop"))
        rolls(plane, kubelet, watch)
        crashes(plane, kubelet, watch)
        ends(plane, kubelet, watch)
        print("memory: " + ", ".join(f"{name} {mb} MB" for name, mb in plane.memory_mb().items()))
    watch.say("everything has stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
