#!/usr/bin/env python3
"""Argo Rollouts under its real controller: a bad canary is aborted; one that was promoted meanwhile is undone; a newer
revision is left alone; a good one is promoted. Usage: argo_test.py DAVY [CASE...]. Exit code 77: skipped, and why."""

import sys
import time
import urllib.request

from lab import ControlPlane, FaultProxy, Kubelet, Load, MissingAssets, Rule, namespace, path, rollout, service
from lab.assets import SKIPPED
from lab.davy import Davy
from lab.processes import wait_until

CHECKOUT = path("rollouts", "shop", "checkout")
HASH = "rollouts-pod-template-hash"
STEPS = [{"setWeight": 25}, {"pause": {}}, {"setWeight": 50}, {"pause": {}}]
POLICY = """
version: davy/v1
service: checkout
canary: {kubernetes: {namespace: shop, rollout: checkout, revision: canary, port: 8080}}
baseline: {kubernetes: {namespace: shop, rollout: checkout, revision: stable, port: 8080}}
scrape: {interval: 200ms, timeout: 150ms}
window: 60s
warmup: 1s
checks:
  - name: errors
    ratio: {errors: 'http_requests_total{code=~"5.."}', total: http_requests_total}
    max: 5%
rollback:
  - argo_rollouts: {rollout: shop/checkout, do: abort}
  - argo_rollouts: {rollout: shop/checkout, do: undo}
on_pass:
  - argo_rollouts: {rollout: shop/checkout, do: promote}
guard_rails: {deadline: 30s, verify_for: 20s, cooldown: 0s, at_most: 100, per: 1h}
"""
# One canary pod is accused slowly; a good one need not be waited for that long.
SHORT = POLICY.replace("window: 60s", "window: 20s")


def is_healthy(thing):
    status = (thing or {}).get("status") or {}
    return (status.get("phase") == "Healthy" and status.get("availableReplicas") == 4
            and status.get("observedGeneration") == str(thing["metadata"]["generation"]))


def image(thing):
    return thing["spec"]["template"]["spec"]["containers"][0]["image"]


class Shop:
    """A context manager: a healthy Rollout of four pods with a load on it. `stable`: the hash of its first version."""

    def __init__(self, plane, kubelet):
        self.plane, self.kubelet, self.api = plane, kubelet, plane.api

    def __enter__(self):
        self.api.apply(rollout("shop", "checkout", STEPS))
        self.stable = self.api.wait_for(CHECKOUT, is_healthy)["status"]["stableRS"]
        self.load = Load(self.plane, "shop", "checkout", rate=200).__enter__()
        return self

    def __exit__(self, *error):
        self.load.__exit__(*error)
        self.api.delete(CHECKOUT)
        wait_until(lambda: not self.api.list(path("replicasets", "shop")), 30, "the Rollout to be gone")

    def update(self, version, **environment):
        template = rollout("shop", "checkout", STEPS, environment=environment,
                           image=f"example-service:{version}")["spec"]["template"]
        self.api.patch(CHECKOUT, {"spec": {"template": template}})

    def canary(self):
        """Waits for the first step, and returns the canary's hash."""
        def steps(thing):
            status = thing["status"]
            return status["currentPodHash"] != self.stable and status.get("phase") == "Paused"
        return self.api.wait_for(CHECKOUT, steps)["status"]["currentPodHash"]

    def replicas(self, of):
        return {thing["metadata"]["labels"][HASH]: thing["status"].get("replicas", 0)
                for thing in self.api.list(path("replicasets", "shop"))}.get(of)

    def pods(self, of):
        return [pod for pod in self.kubelet.pods_of("shop", "checkout")
                if pod.thing["metadata"]["labels"].get(HASH) == of]


def bad_canary_is_aborted(plane, kubelet, davy):
    """A bad canary is judged at its first step and aborted; an aborted Rollout is no new release after a restart."""
    with Shop(plane, kubelet) as shop:
        with Davy(plane, davy, POLICY, name="aborted") as guard:
            time.sleep(2)
            shop.update(2, ERROR_SHARE=0.3)
            canary = shop.canary()
            began = time.monotonic()
            report = guard.wait_for_report()
            print(f"  {time.monotonic() - began:.1f} s after the first step: {report['sentence']}")
            print(f"  decided to aborted {report['acted_s'] - report['detected_s']:.2f} s, to verified"
                  f" {report['recovered_s'] - report['detected_s']:.2f} s")
            assert report["end"] == "healed", report
            action, = report["actions"]
            assert action["actuator"] == "argo_rollouts" and action["verified"], action
            thing = shop.api.wait_for(CHECKOUT, lambda now: now["status"].get("phase") == "Degraded")
            assert thing["status"]["abort"] and thing["status"]["stableRS"] == shop.stable, thing["status"]
            assert shop.replicas(canary) == 0 and shop.replicas(shop.stable) == 4, thing["status"]
            assert image(thing) == "example-service:2"  # an abort leaves the spec to people
        with Davy(plane, davy, POLICY, name="aborted_after") as again:
            time.sleep(3)
            assert not again.said("watching release"), again.lines()


def promoted_canary_is_undone(plane, kubelet, davy):
    """It goes bad after somebody has promoted it: an abort has no effect any more, and the next action undoes it."""
    with Shop(plane, kubelet) as shop, Davy(plane, davy, POLICY, name="promoted") as guard:
        time.sleep(2)
        shop.update(2)
        canary = shop.canary()
        guard.wait_for("warming_up -> watching", 20)
        shop.api.patch(CHECKOUT + "/status", {"status": {"promoteFull": True}})
        shop.api.wait_for(CHECKOUT, lambda now: now["status"].get("stableRS") == canary)
        for pod in shop.pods(canary):
            urllib.request.urlopen(f"http://{pod.address}:8080/set?error_share=0.5", timeout=5).read()
        report = guard.wait_for_report()
        print(f"  {report['sentence']}")
        assert report["end"] == "healed", report
        abort, undo = report["actions"]
        assert not abort["accepted"] and "use do: undo" in abort["answer"], abort
        assert undo["accepted"] and undo["verified"], undo
        thing = shop.api.wait_for(CHECKOUT, is_healthy)
        assert thing["status"]["stableRS"] == shop.stable, thing["status"]
        assert image(thing) == "example-service:1" and shop.replicas(canary) == 0, thing["status"]
        marks = thing["metadata"]["annotations"]
        assert marks["davy/rolled-back"] == canary and marks["davy/restored"] == shop.stable, marks
        time.sleep(1)
        assert len(guard.said("watching release")) == 1, "what Davy restored is no release"


def newer_revision_is_left_alone(plane, kubelet, davy):
    """A third version arrives between the look and the abort: the abort meets a newer object, looks again and stops."""
    with Shop(plane, kubelet) as shop, FaultProxy(plane) as way:
        kubeconfig = plane.write_kubeconfig(plane.directory / "newer.kubeconfig", server=way.server,
                                            ca_file=way.ca_file)
        with Davy(plane, davy, POLICY, name="newer", kubeconfig=kubeconfig) as guard:
            time.sleep(2)
            shop.update(2, ERROR_SHARE=0.3)
            shop.canary()
            guard.wait_for("warming_up -> watching", 20)
            way.add(Rule("PATCH", r"/rollouts/checkout/status\?fieldManager=davy$", delay_s=2))
            guard.wait_for("rolling back with argo_rollouts", 70)
            shop.update(3)
            report = guard.wait_for_report()
            print(f"  {report['sentence']}")
            assert report["end"] == "superseded", report
            refused = [one for one in way.seen("PATCH", "/rollouts/checkout/status") if one.status == 409]
            assert refused, "the patch should have met the newer object"
            thing = shop.api.get(CHECKOUT)
            assert image(thing) == "example-service:3" and not thing["status"].get("abort"), thing["status"]


def good_canary_is_promoted(plane, kubelet, davy):
    """A good canary passes at its first step, and goes on without the others."""
    with Shop(plane, kubelet) as shop, Davy(plane, davy, SHORT, name="good") as guard:
        time.sleep(2)
        shop.update(2)
        canary = shop.canary()
        report = guard.wait_for_report()
        print(f"  {report['sentence']}")
        assert report["end"] == "passed", report
        thing = shop.api.wait_for(CHECKOUT, is_healthy)
        assert thing["status"]["stableRS"] == canary, thing["status"]
        guard.wait_for(f"revision {canary} is remembered as good", 10)
        good = shop.api.get(CHECKOUT)["metadata"]["annotations"]["davy/good"]
        assert good.split(",")[0] == canary, good


def main():
    davy, wanted = sys.argv[1], sys.argv[2:]
    tests = {"aborted": bad_canary_is_aborted, "promoted": promoted_canary_is_undone,
             "newer": newer_revision_is_left_alone, "good": good_canary_is_promoted}
    try:
        with ControlPlane(argo=True) as plane, Kubelet(plane) as kubelet:
            plane.api.apply(namespace("shop"))
            plane.api.apply(service("shop", "checkout"))
            for name, test in tests.items():
                if wanted and name not in wanted:
                    continue
                began = time.monotonic()
                print(f"{name}: {test.__doc__}", flush=True)
                test(plane, kubelet, davy)
                print(f"{name}: holds, {time.monotonic() - began:.1f} s", flush=True)
    except MissingAssets as why:
        print(why)
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
