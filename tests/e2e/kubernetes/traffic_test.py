#!/usr/bin/env python3
"""The canary's share of traffic on a real API server: taken away and read back, left to whoever else has changed it, and
put back; in an HTTPRoute, a VirtualService and a canary ingress. Usage: traffic_test.py DAVY [CASE...]. Exit code 77:
skipped, and why.

A play-gateway stands in for the real ones: it sends requests to the canary as long as its weight is not 0. Two services
run as processes, one of them really bad, and `davy gate` judges them."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from lab import ControlPlane, FaultProxy, MissingAssets, Rule, condition, namespace, path
from lab.assets import SKIPPED
from lab.processes import PYTHON, free_port, wait_until

SERVICE = pathlib.Path(__file__).with_name("lab") / "example_service.py"
GATEWAY, ISTIO, NETWORKING = "gateway.networking.k8s.io/v1", "networking.istio.io/v1beta1", "networking.k8s.io/v1"
ROUTE = path("httproutes", "shop", "checkout", group=GATEWAY)
VIRTUAL_SERVICE = path("virtualservices", "shop", "checkout", group=ISTIO)
INGRESS = path("ingresses", "shop", "checkout-canary", group=NETWORKING)
WEIGHT = "nginx.ingress.kubernetes.io/canary-weight"
TO_NONE = "{http_route: shop/checkout, canary: checkout-canary}"
TO_RESTORE = "{http_route: shop/checkout, canary: checkout-canary, restore: true}"
POLICY = """
version: davy/v1
service: checkout
canary: {{targets: [{canary}]}}
baseline: {{targets: [{stable}]}}
scrape: {{interval: 200ms, timeout: 150ms}}
window: {window}
warmup: 1s
checks:
  - name: errors
    ratio: {{errors: 'http_requests_total{{code=~"5.."}}', total: http_requests_total}}
    max: 5%
rollback: {rollback}
on_pass: {on_pass}
guard_rails: {{deadline: 20s, verify_for: 10s, cooldown: 0s}}
"""


def definition(group, version, kind, plural):
    """A CRD as small as can be: the spec is anything."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": anything, "status": anything}}}
    metadata = {"name": f"{plural}.{group}"}
    if group.endswith("k8s.io"):  # a protected group: the server wants to see that somebody approved of it
        metadata["annotations"] = {"api-approved.kubernetes.io": "unapproved, for a test"}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata,
            "spec": {"group": group, "scope": "Namespaced",
                     "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
                     "versions": [{"name": version, "served": True, "storage": True, "schema": schema}]}}


def define(api, *what):
    made = api.post(path("customresourcedefinitions"), definition(*what))
    api.wait_for(path("customresourcedefinitions", name=made["metadata"]["name"]),
                 lambda thing: condition(thing, "Established") == "True")


def backends(stable, canary):
    return [{"name": "checkout-stable", "port": 8080, "weight": stable},
            {"name": "checkout-canary", "port": 8080, "weight": canary}]


def weights(api):
    return [one["weight"] for one in api.get(ROUTE)["spec"]["rules"][0]["backendRefs"]]


def set_weights(api, stable, canary, manager):
    """As another program would do it."""
    api.patch(ROUTE, {"spec": {"rules": [{"backendRefs": backends(stable, canary)}]}}, fieldManager=manager)


def canary_weight(api):
    return lambda: weights(api)[1]


def decision(thing):
    return thing["metadata"].get("annotations", {}).get("davy/decision")


class Lab:
    def __init__(self, plane, davy):
        self.plane, self.api, self.davy = plane, plane.api, davy
        self.runs = 0

    def new_route(self):
        self.api.delete(ROUTE)
        self.api.post(path("httproutes", "shop", group=GATEWAY), {
            "apiVersion": GATEWAY, "kind": "HTTPRoute", "metadata": {"name": "checkout", "namespace": "shop"},
            "spec": {"rules": [{"backendRefs": backends(90, 10)}]}}, fieldManager="helm")

    @contextlib.contextmanager
    def services(self, weight, error_share):
        """Two services behind the play-gateway, the canary with this share of errors. Their addresses."""
        origins, processes = {}, []
        for name, share in (("stable", 0), ("canary", error_share)):
            port = free_port()
            origins[name] = f"http://127.0.0.1:{port}"
            environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "ERROR_SHARE": str(share)}
            processes.append(self.plane.processes.start(f"service_{name}", [*PYTHON, SERVICE], environment))
        for origin in origins.values():
            wait_until(lambda: ask(origin + "/healthz"), 10, "the services")
        with Gateway(origins, weight):
            yield origins
        for process in processes:
            self.plane.processes.stop(process)

    @contextlib.contextmanager
    def gate(self, weight, rollback, on_pass="[]", error_share=0.5):
        """A Run. `weight`: a function that gives the canary's, for the play-gateway."""
        self.runs += 1
        with self.services(weight, error_share) as origins, FaultProxy(self.plane) as way:
            text = POLICY.format(rollback=rollback.replace("CANARY", origins["canary"]), on_pass=on_pass,
                                 window="60s" if error_share else "20s",  # one canary is accused slowly
                                 **{name: origin + "/metrics" for name, origin in origins.items()})
            run = Run(self, f"r{self.runs}", text, way)
            try:
                yield run
            finally:
                if run.process.poll() is None:
                    self.plane.processes.stop(run.process)


class Run:
    """`davy gate` that reaches the API by way of a proxy."""

    def __init__(self, lab, release, policy, way):
        self.way, self.processes = way, lab.plane.processes
        directory = lab.plane.directory
        kubeconfig = lab.plane.write_kubeconfig(directory / f"{release}.kubeconfig", server=way.server,
                                                ca_file=way.ca_file)
        file = directory / f"{release}.yaml"
        file.write_text(policy)
        self.log = self.processes.logs / f"davy_{release}.log"
        self.process = self.processes.start(
            f"davy_{release}", [lab.davy, "gate", file, "--release", release, "--output", "json", "--log", "json"],
            {**os.environ, "KUBECONFIG": str(kubeconfig)}, stdout=subprocess.PIPE, text=True)

    def wait_for_arming(self):
        """Its last step is the dry run of what it would do; the warm-up is longer than what is left of it."""
        wait_until(lambda: self.way.seen("PATCH", "dryRun=All"), 20, "the rehearsal")

    def patches(self):
        return self.way.seen("PATCH", "fieldManager=davy$")

    def ended(self):
        """Waits, and returns the exit code, the report and the log."""
        answer, _ = self.process.communicate(timeout=120)
        self.processes.ended(self.process)
        said = self.log.read_text()
        assert answer, said
        print("  " + json.loads(answer)["sentence"], flush=True)
        return self.process.returncode, json.loads(answer), said


class Gateway:
    """Sends some hundred requests a second to each service; to the canary only while its weight is not 0."""

    def __init__(self, origins, weight):
        self.weight, self.canary_serves, self.stop = weight, bool(weight()), threading.Event()
        self.threads = [threading.Thread(target=self.follow),
                        threading.Thread(target=self.send, args=(origins["stable"], lambda: True)),
                        threading.Thread(target=self.send, args=(origins["canary"], lambda: self.canary_serves))]

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *error):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def follow(self):
        while not self.stop.wait(0.1):
            self.canary_serves = bool(self.weight())

    def send(self, origin, may):
        while not self.stop.wait(0.01):
            if may():
                ask(origin + "/work")


def ask(url):
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def route_loses_its_canary(lab):
    """The canary's weight becomes 0 by one patch, is read back, and annotations that somebody makes meanwhile stay. An
    action on what the cluster does not have is said at arming, and passed over."""
    lab.new_route()
    with lab.gate(canary_weight(lab.api), f"[argo_rollouts: {{rollout: shop/checkout}}, traffic: {TO_NONE}]") as run:
        run.way.add(Rule("PATCH", "/httproutes/checkout.fieldManager=davy$", delay_s=1.5))
        run.wait_for_arming()
        wait_until(run.patches, 40, "the patch")
        lab.api.patch(ROUTE, {"metadata": {"annotations": {"owner": "payments"}}})
        code, report, log = run.ended()
        statuses = [one.status for one in run.patches()]
    assert code == 10 and report["end"] == "healed", report
    absent, traffic = report["actions"]
    assert not absent["accepted"] and "does not know rollouts.argoproj.io" in absent["answer"], absent
    assert "argo_rollouts: the cluster does not know rollouts.argoproj.io" in log, log
    assert traffic["verified"] and "checkout-stable 100, checkout-canary 0 (from" in traffic["answer"], traffic
    thing = lab.api.get(ROUTE)
    assert weights(lab.api) == [100, 0], thing
    assert decision(thing) == f"r{lab.runs}.rollback.2", thing
    assert thing["metadata"]["annotations"]["owner"] == "payments", thing
    assert statuses == [422, 200], statuses


def foreign_weights_are_left(lab):
    """Somebody moves the weights while the canary is judged: not forced, said who, and the next action is taken."""
    lab.new_route()
    heal = json.dumps([*PYTHON, "-c", "import urllib.request as u; u.urlopen('CANARY/set?error_share=0')"])
    with lab.gate(canary_weight(lab.api), f"[traffic: {TO_NONE}, exec: {{argv: {heal}}}]") as run:
        run.wait_for_arming()
        set_weights(lab.api, 50, 50, "flagger")
        code, report, _ = run.ended()
    assert code == 10 and report["end"] == "healed", report
    traffic, program = report["actions"]
    assert not traffic["accepted"] and program["verified"], report["actions"]
    assert "changed to checkout-stable 50, checkout-canary 50 since the release began (last written by flagger)" in \
        traffic["answer"], traffic
    assert weights(lab.api) == [50, 50] and decision(lab.api.get(ROUTE)) is None


def weights_come_back_once(lab):
    """Somebody puts the canary back after the rollback: named, and taken away once more."""
    lab.new_route()
    with lab.gate(canary_weight(lab.api), f"[traffic: {TO_NONE}]") as run:
        wait_until(lambda: weights(lab.api) == [100, 0], 40, "the rollback")
        set_weights(lab.api, 90, 10, "argocd-controller")
        wait_until(lambda: weights(lab.api) == [100, 0], 20, "the rollback once more")
        code, report, log = run.ended()
    assert code == 10 and report["end"] == "healed", report
    assert "argocd-controller has undone the rollback; it is applied once more" in log, log


def weights_are_restored(lab):
    """A canary that passed gives back what it was given for the test."""
    lab.new_route()
    with lab.gate(canary_weight(lab.api), f"[traffic: {TO_NONE}]", f"[traffic: {TO_RESTORE}]", error_share=0) as run:
        run.wait_for_arming()
        set_weights(lab.api, 50, 50, "pipeline")
        code, report, _ = run.ended()
    assert code == 0 and report["end"] == "passed", report
    assert weights(lab.api) == [90, 10], lab.api.get(ROUTE)
    assert decision(lab.api.get(ROUTE)) == f"r{lab.runs}.promote.1"


def istio_subset_loses_its_weight(lab):
    """An Istio of before v1."""
    routes = [{"destination": {"host": "checkout", "subset": name}, "weight": weight}
              for name, weight in (("v1", 75), ("v2", 25))]
    lab.api.post(path("virtualservices", "shop", group=ISTIO), {
        "apiVersion": ISTIO, "kind": "VirtualService", "metadata": {"name": "checkout", "namespace": "shop"},
        "spec": {"hosts": ["checkout"], "http": [{"name": "primary", "route": routes}]}})

    def subset_weight():
        return lab.api.get(VIRTUAL_SERVICE)["spec"]["http"][0]["route"][1]["weight"]
    with lab.gate(subset_weight, "[traffic: {virtual_service: shop/checkout, subset: v2}]") as run:
        code, report, _ = run.ended()
    assert code == 10 and report["end"] == "healed", report
    route = lab.api.get(VIRTUAL_SERVICE)["spec"]["http"][0]
    assert [one["weight"] for one in route["route"]] == [100, 0] and route["name"] == "primary", route


def ingress_loses_its_weight(lab):
    """A canary ingress, and one that somebody has set to another weight meanwhile."""
    def ingress_weight():
        return int(lab.api.get(INGRESS)["metadata"]["annotations"][WEIGHT])
    for foreign in (False, True):
        lab.api.delete(INGRESS)
        lab.api.post(path("ingresses", "shop", group=NETWORKING), {
            "apiVersion": NETWORKING, "kind": "Ingress",
            "metadata": {"name": "checkout-canary", "namespace": "shop",
                         "annotations": {"nginx.ingress.kubernetes.io/canary": "true", WEIGHT: "30"}},
            "spec": {"defaultBackend": {"service": {"name": "checkout-canary", "port": {"number": 8080}}}}})
        with lab.gate(ingress_weight, "[traffic: {ingress: shop/checkout-canary}]") as run:
            if foreign:
                run.wait_for_arming()
                lab.api.patch(INGRESS, {"metadata": {"annotations": {WEIGHT: "60"}}}, fieldManager="kubectl-annotate")
            code, report, _ = run.ended()
        weight = lab.api.get(INGRESS)["metadata"]["annotations"][WEIGHT]
        if foreign:
            assert code == 6 and weight == "60", report
            assert "last written by kubectl-annotate" in report["actions"][0]["answer"], report["actions"]
        else:
            assert code == 10 and report["end"] == "healed" and weight == "0", report


def main():
    davy, wanted = sys.argv[1], sys.argv[2:]
    tests = {"route": route_loses_its_canary, "foreign": foreign_weights_are_left, "back": weights_come_back_once,
             "restore": weights_are_restored, "istio": istio_subset_loses_its_weight,
             "ingress": ingress_loses_its_weight}
    try:
        with ControlPlane() as plane:
            define(plane.api, "gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes")
            define(plane.api, "networking.istio.io", "v1beta1", "VirtualService", "virtualservices")
            plane.api.apply(namespace("shop"))
            lab = Lab(plane, davy)
            for name, test in tests.items():
                if wanted and name not in wanted:
                    continue
                began = time.monotonic()
                print(f"{name}: {test.__doc__}", flush=True)
                test(lab)
                print(f"{name}: holds, {time.monotonic() - began:.1f} s", flush=True)
    except MissingAssets as why:
        print(why)
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
