#!/usr/bin/env python3
"""Proves the lab that the other Kubernetes tests stand on: Deployments roll, crashes are counted, processes end, Argo
moves a canary, and the fault proxy breaks what it is told to break. Exit code 77: skipped, and why."""

import json
import os
import sys
import time
import urllib.request

from lab import (Api, ApiError, ControlPlane, FaultProxy, Kubelet, Load, MissingAssets, Rule, available, deployment,
                 namespace, path, rollout, service)
from lab.assets import SKIPPED
from lab.processes import wait_until

CHECKOUT = path("deployments", "shop", "checkout")
# Stands in for davy: says what it was given and stays. Its image is named davy, so the kubelet runs it.
PRETENDER = """#!/bin/sh
echo "arguments: $*"
echo "who: $WHO server: $KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT"
cat "$2"
ls "$DAVY_SERVICEACCOUNT_DIR"
exec sleep 600
"""
POLICY = "canary: http://localhost:8080/metrics"
SIDECAR = {"name": "davy", "image": "localhost/davy:test", "restartPolicy": "Always",
           "command": ["/usr/bin/davy"], "args": ["guard", "/etc/davy/policy.yaml", "--listen", "0.0.0.0:3289"],
           "env": [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                   {"name": "WHO", "value": "$(POD) of $(MISSING)"}],
           "volumeMounts": [{"name": "policy", "mountPath": "/etc/davy"}]}


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


def returns(plane, kubelet, watch):
    """The API server goes and comes back, and everything goes on."""
    plane.stop("kube-apiserver")
    must_fail(OSError, lambda: plane.api.get("/version"))
    plane.start_api_server()
    plane.api.apply(deployment("shop", "checkout", replicas=4))
    plane.api.wait_for(CHECKOUT, available(4))
    watch.say("the API server went and came back, and a change has rolled")


def ends(plane, kubelet, watch):
    """What is deleted ends."""
    processes = [pod.container("app").process for pod in kubelet.pods_of("shop", "checkout")]
    plane.api.delete(CHECKOUT)
    wait_until(lambda: not plane.api.list(path("pods", "shop")), 20, "the pods to go")
    assert not any(map(alive, processes))
    watch.say("the Deployment is deleted and its processes have ended")


def sidecars(plane, kubelet, watch):
    """A native sidecar named davy runs the given program with its files, addresses and credentials."""
    plane.api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "policy", "namespace": "shop"},
                     "data": {"policy.yaml": POLICY}})
    thing = deployment("shop", "guarded", replicas=1)
    spec = thing["spec"]["template"]["spec"]
    spec.update(initContainers=[SIDECAR], volumes=[{"name": "policy", "configMap": {"name": "policy"}}])
    plane.api.apply(thing)
    plane.api.wait_for(path("deployments", "shop", "guarded"), available(1))
    pod, = kubelet.pods_of("shop", "guarded")
    said = wait_until(lambda: "token" in (log := kubelet.log("shop", pod.name, "davy")) and log, 5, "what it was given")
    assert f"arguments: guard {pod.directory}/davy/policy/policy.yaml --listen {pod.address}:3289" in said, said
    assert f"who: {pod.name} of $(MISSING) server: 127.0.0.1:{plane.port}" in said, said
    assert POLICY.replace("localhost", pod.address) in said and "ca.crt" in said and "namespace" in said, said
    status = plane.api.get(pod.where)["status"]
    assert status["initContainerStatuses"][0]["started"], status
    pod.container("davy").process.kill()
    plane.api.wait_for(pod.where, lambda now: now["status"]["initContainerStatuses"][0]["restartCount"] == 1)
    spec["volumes"][0] = {"name": "policy", "hostPath": {"path": "/etc"}}
    plane.api.apply(thing)
    refused = wait_until(lambda: next((pod.problem for pod in kubelet.pods_of("shop", "guarded") if pod.problem), None),
                         10, "a refusal of the volume")
    assert refused == "container davy: volume policy: hostPath is not played by the lab", refused
    plane.api.delete(path("deployments", "shop", "guarded"))
    watch.say("a sidecar has its files and its token, and an unknown volume is named")


def canaries(plane, kubelet, watch):
    """Argo moves a canary step by step, says which pods are stable, and takes the others back when aborted."""
    cart = path("rollouts", "shop", "cart")
    steps = [{"setWeight": 25}, {"pause": {"duration": "1s"}}, {"setWeight": 50}, {"pause": {}}]
    plane.api.apply(rollout("shop", "cart", steps))
    stable = plane.api.wait_for(cart, in_phase("Healthy"))["status"]["stableRS"]
    watch.say("a Rollout of 4 pods is healthy")
    plane.api.apply(rollout("shop", "cart", steps, environment={"ERROR_SHARE": "1"}))
    status = plane.api.wait_for(cart, in_phase("Paused", 3))["status"]
    assert status["stableRS"] == stable and status["currentPodHash"] != stable, status
    assert (status["replicas"], status["updatedReplicas"]) == (4, 2), status
    assert "Paused" in [condition["type"] for condition in status["conditions"]], status
    watch.say("its canary has half of the pods and is paused")
    plane.api.patch(path("rollouts", "shop", "cart", "status"), {"status": {"abort": True}})
    plane.api.wait_for(cart, in_phase("Degraded"))
    wait_until(lambda: {pod.thing["metadata"]["labels"]["rollouts-pod-template-hash"]
                        for pod in kubelet.pods_of("shop", "cart")} == {stable}, 20, "the canary to go")
    watch.say("it was aborted, and only stable pods are left")


def in_phase(phase, step=None):
    def holds(thing):
        status = (thing or {}).get("status") or {}
        return status.get("phase") == phase and (step is None or status.get("currentStepIndex") == step)
    return holds


def faults(plane, watch):
    """The proxy forwards watches, drops before and after forwarding, answers itself, and spoils answers and watches."""
    notes = path("configmaps", "shop", "notes")
    plane.api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes", "namespace": "shop"}})
    with FaultProxy(plane) as proxy:
        api = Api(proxy.server, plane.admin_token, proxy.ca_file)
        for drop, value in (("after", "applied"), ("before", "lost")):
            proxy.add(Rule("PATCH", "configmaps/notes", drop=drop))
            must_fail(OSError, lambda: api.patch(notes, {"data": {"note": value}}))
            assert api.get(notes)["data"] == {"note": "applied"}
        assert [seen.forwarded for seen in proxy.seen("PATCH")] == [True, False]
        proxy.add(Rule("GET", "notes", status=429, headers={"Retry-After": "1"}, body={"reason": "TooManyRequests"}))
        assert must_fail(ApiError, lambda: api.get(notes)).status == 429
        proxy.add(Rule("GET", "notes", change=lambda body: body[:-5]))
        must_fail(json.JSONDecodeError, lambda: api.get(notes))
        began = time.monotonic()
        proxy.add(Rule("GET", "notes", delay_s=0.3))
        api.get(notes)
        assert time.monotonic() - began >= 0.3
        listed = api.get(path("configmaps", "shop"))["metadata"]["resourceVersion"]
        api.patch(notes, {"data": {"note": "second"}})
        api.patch(notes, {"data": {"note": "third"}})

        def watched(timeout_s=1):
            return [thing.get("data", {}).get("note") or thing.get("code")
                    for kind, thing in api.watch(path("configmaps", "shop"), listed, timeout_s) if kind != "BOOKMARK"]
        assert watched() == ["second", "third"]
        proxy.add(Rule("GET", "configmaps", watch="gone", after_events=1))
        assert watched() == ["second", 410]
        proxy.add(Rule("GET", "configmaps", watch="cut", after_events=1))
        must_fail(ValueError, watched)
        proxy.add(Rule("GET", "configmaps", watch="stall", after_events=1))
        stalled = api.watch(path("configmaps", "shop"), listed, silence_s=0.5)
        assert [thing["data"]["note"] for _, thing in stalled] == ["second"]
    watch.say("the proxy dropped, delayed, refused and spoiled what it was told to")


def must_fail(kind, action):
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def main():
    watch = Stopwatch()
    try:
        plane = ControlPlane(argo=True)
    except MissingAssets as missing:
        print(f"skipped: {missing}")
        return SKIPPED
    pretender = plane.directory / "pretender"
    pretender.write_text(PRETENDER)
    pretender.chmod(0o755)
    with plane, Kubelet(plane, davy=pretender) as kubelet:
        watch.say("the control plane is up: " + ", ".join(f"{name} {s:.1f} s" for name, s in plane.times.items()))
        plane.api.apply(namespace("shop"))
        rolls(plane, kubelet, watch)
        crashes(plane, kubelet, watch)
        returns(plane, kubelet, watch)
        ends(plane, kubelet, watch)
        sidecars(plane, kubelet, watch)
        canaries(plane, kubelet, watch)
        faults(plane, watch)
        print("memory: " + ", ".join(f"{name} {mb} MB" for name, mb in plane.memory_mb().items()))
    watch.say("everything has stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
