#!/usr/bin/env python3
"""The chart on a real API server: installed, tested with helm test, upgraded, rolled back and uninstalled; what its
account may do is enough for a rollback and nothing more; as a sidecar it harms nobody.
Usage: install_test.py DAVY CHART [CASE...]. Exit code 77: skipped, and why."""

import json
import os
import signal
import subprocess
import sys
import time

from lab import Api, ApiError, ControlPlane, Kubelet, MissingAssets, available, deployment, path
from lab.assets import SKIPPED
from lab.davy import policy
from lab.processes import wait_until
from lab.shop import CHECKOUT, Shop, image, marks, update


def helm(plane, *arguments, may_fail=False):
    ran = subprocess.run([str(plane.assets / "helm"), "--kubeconfig", str(plane.kubeconfig), *map(str, arguments)],
                         capture_output=True, text=True, timeout=150,
                         env={**os.environ, "HELM_CACHE_HOME": str(plane.directory / "helm")})
    assert may_fail or ran.returncode == 0, f"helm {arguments[0]}: {ran.stdout}\n{ran.stderr}"
    return ran


def values(plane, name, **more):
    """A values file for the shop's checkout with a policy that decides within seconds."""
    content = {"image": {"repository": "davy", "tag": "test"}, "policies": {"checkout": policy(window="30s")},
               "targets": {"checkout": {"namespace": "shop", "actions": ["undo"]}},
               "networkPolicy": {"enabled": False},
               # The lab has no DNS; a pod's environment says where the API server is.
               "tests": {"apiServer": "https://${KUBERNETES_SERVICE_HOST}:${KUBERNETES_SERVICE_PORT}"}, **more}
    file = plane.directory / f"{name}.json"
    file.write_text(json.dumps(content))
    return file


def account(plane, name="davy"):
    """What the chart's account sees of the API."""
    return Api(plane.server, plane.create_token("watch", name), plane.ca_file)


def status_of(call):
    try:
        call()
        return 200
    except ApiError as refused:
        return refused.status


def rights(plane):
    """Everything it needs, and of everything else a 403."""
    davy = account(plane)
    allowed = {"the workload": lambda: davy.get(CHECKOUT), "its pods": lambda: davy.list(path("pods", "shop")),
               "its revisions": lambda: davy.list(path("replicasets", "shop")),
               "its own lease": lambda: davy.get(path("leases", "watch", "davy-checkout"))}
    for what, call in allowed.items():
        assert status_of(call) == 200, what
    other = path("deployments", "shop", "other")
    refused = {"secrets of the shop": lambda: davy.list(path("secrets", "shop")),
               "secrets of its own": lambda: davy.list(path("secrets", "watch")),
               "a secret by name": lambda: davy.get(path("secrets", "shop", "any")),
               "other ConfigMaps": lambda: davy.list(path("configmaps", "watch")),
               "a ConfigMap of the shop": lambda: davy.get(path("configmaps", "shop", "any")),
               "another Deployment": lambda: davy.patch(other, {"spec": {"replicas": 0}}),
               "all Deployments": lambda: davy.list(path("deployments", "shop")),
               "to delete": lambda: davy.delete(CHECKOUT),
               "to make pods": lambda: davy.post(path("pods", "shop"), {"metadata": {"name": "x"}}),
               "nodes": lambda: davy.list(path("nodes")),
               "roles": lambda: davy.list(path("roles", "shop"))}
    for what, call in refused.items():
        assert status_of(call) == 403, f"{what}: {status_of(call)}"
    print(f"  {len(allowed)} rights, {len(refused)} refusals", flush=True)


def left_behind(plane):
    rbac = "rbac.authorization.k8s.io/v1"
    places = [path(plural, "watch") for plural in ("deployments", "leases", "services", "serviceaccounts", "pods",
                                                   "configmaps")]
    places += [path(plural, "watch", group=rbac) for plural in ("roles", "rolebindings")]
    names = [thing["metadata"]["name"] for place in places for thing in plane.api.list(place)]
    return [name for name in names if name not in ("default", "kube-root-ca.crt")]


def standalone(plane, davy, chart):
    with Shop(plane):
        first = values(plane, "first")
        began = time.monotonic()
        installed = helm(plane, "install", "davy", chart, "--namespace", "watch", "--create-namespace", "--values",
                         first, "--wait", "--timeout", "60s")
        print(f"  installed and ready in {time.monotonic() - began:.1f} s", flush=True)
        assert "helm test --namespace watch davy" in installed.stdout, installed.stdout
        rights(plane)
        time.sleep(3)
        update(plane, 2, ERROR_SHARE=0.5)
        plane.api.wait_for(CHECKOUT, lambda thing: image(thing) == "example-service:1", 60, "the rollback")
        plane.api.wait_for(CHECKOUT, available(4))
        print("  a bad update was undone with the chart's own rights", flush=True)
        # The health test goes by the Service's name, and the lab has no DNS.
        tested = helm(plane, "test", "davy", "--namespace", "watch", "--timeout", "90s", "--filter",
                      "!name=davy-test-health", may_fail=True)
        assert tested.returncode == 0, tested.stdout + tested.stderr
        print("  helm test: " + ", ".join(sorted(line.split(":")[1].strip() for line in tested.stdout.splitlines()
                                                  if line.startswith("TEST SUITE:"))), flush=True)
        lease = path("leases", "watch", "davy-checkout")
        holder = plane.api.get(lease)["spec"]["holderIdentity"]
        helm(plane, "upgrade", "davy", chart, "--namespace", "watch", "--values",
             values(plane, "three", replicaCount=3), "--wait", "--timeout", "60s")
        assert plane.api.get(path("deployments", "watch", "davy"))["spec"]["replicas"] == 3
        assert plane.api.get(lease)["spec"].get("holderIdentity") == holder, "an upgrade took the lease away"
        assert plane.api.get(path("configmaps", "watch", "davy-checkout")).get("binaryData"), "or what Davy wrote"
        helm(plane, "rollback", "davy", "1", "--namespace", "watch", "--wait", "--timeout", "60s")
        assert plane.api.get(path("deployments", "watch", "davy"))["spec"]["replicas"] == 2
        helm(plane, "uninstall", "davy", "--namespace", "watch", "--wait", "--timeout", "60s")
        wait_until(lambda: not left_behind(plane), 30, "everything of the chart to be gone")
        print("  upgraded, rolled back and uninstalled; nothing is left", flush=True)


def with_sidecar(plane, davy):
    """The Deployment of the shop with Davy as a native sidecar: its init container restarts always."""
    # Paced, because a sidecar that leads from an old pod would otherwise be replaced by what it judges.
    text = policy(window="30s", action="{deployment: shop/checkout, undo: last_good, pace: true}")
    text = text.replace("port: http}", "port: http, own_pod: loopback}")
    plane.api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "policy", "namespace": "shop"},
                     "data": {"policy.yaml": text}})
    rbac = "rbac.authorization.k8s.io/v1"
    where = {"namespace": "shop", "name": "checkout"}
    plane.api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": where})
    plane.api.apply({"apiVersion": rbac, "kind": "Role", "metadata": where, "rules": [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["checkout"],
         "verbs": ["get", "list", "watch", "patch"]},
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create", "get", "update", "patch"]},
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "get", "update", "patch"]}]})
    plane.api.apply({"apiVersion": rbac, "kind": "RoleBinding", "metadata": where,
                     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "checkout"},
                     "subjects": [{"kind": "ServiceAccount", "name": "checkout", "namespace": "shop"}]})

    def template(version, **environment):
        made = deployment("shop", "checkout", replicas=3, environment=environment, image=f"example-service:{version}")
        spec = made["spec"]["template"]["spec"]
        spec["serviceAccountName"] = "checkout"
        spec["automountServiceAccountToken"] = False
        spec["volumes"] = [
            {"name": "policy", "configMap": {"name": "policy"}},
            {"name": "token", "projected": {"sources": [
                {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}}]}}]
        spec["initContainers"] = [{
            "name": "davy", "image": "davy:test", "restartPolicy": "Always",
            "args": ["guard", "/etc/davy/policy.yaml", "--leader-elect", "--log", "json", "--listen", "0.0.0.0:3289"],
            "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                    {"name": "POD_UID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}}],
            "ports": [{"name": "davy-http", "containerPort": 3289}],
            "volumeMounts": [{"name": "policy", "mountPath": "/etc/davy"},
                             {"name": "token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]}]
        return made
    return template


def hash_of(plane, revision):
    for one in plane.api.list(path("replicasets", "shop")):
        if one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == revision:
            return one["metadata"]["labels"]["pod-template-hash"]
    raise AssertionError(f"there is no revision {revision}")


def sidecar(plane, davy, chart):
    """Davy dies again and again, and the service beside it loses no request; then it does its work; then it ends at
    once when it is told to."""
    with Shop(plane) as shop:
        template = with_sidecar(plane, davy)
        plane.api.patch(CHECKOUT, {"spec": {"replicas": 3, "template": template(2)["spec"]["template"]}})
        plane.api.wait_for(CHECKOUT, lambda thing: thing["spec"].get("paused"), 60, "a sidecar to lead and to pace")
        plane.api.wait_for(CHECKOUT, lambda thing: hash_of(plane, "2") in marks(thing)["davy/good"], 90,
                           "the version to pass")
        plane.api.wait_for(CHECKOUT, available(3), 60)
        kubelet = plane.kubelet
        before = shop.load.report()
        for _ in range(3):
            for pod in kubelet.pods_of("shop", "checkout"):
                pod.container("davy").process.send_signal(signal.SIGKILL)
            time.sleep(1.5)
        after = shop.load.report()
        assert after["broken"] == before["broken"] and after["bad"] == before["bad"], (before, after)
        assert plane.api.get(CHECKOUT)["status"].get("availableReplicas") == 3
        print(f"  9 sidecars killed, {after['good'] - before['good']} requests served and none lost", flush=True)
        plane.api.patch(CHECKOUT, {"spec": {"template": template(3, ERROR_SHARE=0.5)["spec"]["template"]}})
        plane.api.wait_for(CHECKOUT, lambda thing: image(thing) == "example-service:2", 90, "the rollback by a sidecar")
        plane.api.wait_for(CHECKOUT, available(3), 60)
        print("  a bad update was undone by the sidecars of the pods it replaced", flush=True)
        pods = kubelet.pods_of("shop", "checkout")
        began = time.monotonic()
        plane.api.delete(path("pods", "shop", pods[0].thing["metadata"]["name"]))
        process = pods[0].container("davy").process
        wait_until(lambda: process.poll() is not None, 10, "the sidecar to end")
        assert process.returncode == 0, process.returncode
        print(f"  told to stop, it ended with 0 in {time.monotonic() - began:.1f} s", flush=True)


CASES = {"standalone": standalone, "sidecar": sidecar}


def main():
    davy, chart, wanted = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    try:
        with ControlPlane() as plane, Kubelet(plane, davy=davy) as kubelet:
            plane.kubelet = kubelet
            for name, case in CASES.items():
                if wanted and name not in wanted:
                    continue
                began = time.monotonic()
                print(f"{name}: {case.__doc__ or ''}", flush=True)
                case(plane, davy, chart)
                print(f"{name}: holds, {time.monotonic() - began:.1f} s", flush=True)
    except MissingAssets as why:
        print(why)
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
