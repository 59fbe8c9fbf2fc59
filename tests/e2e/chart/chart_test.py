#!/usr/bin/env python3
"""The Helm chart, rendered with every file of ci/: what it makes is well formed, grants no more than it should, meets the
Pod Security Standard "restricted", and agrees with examples/kubernetes; bad values are refused with a sentence.
Usage: chart_test.py DAVY CHECKOUT. Exit code 77: skipped, and why.

The program helm is $DAVY_KUBE_ASSETS/helm, the one on PATH, or where scripts/kube-assets --find says."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("skipped: needs python3-yaml; run ./scripts/setup")
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
KUBE = "1.31.0"

# What a person might write, and what they are told.
REFUSED = [
    ("a typo", "policys: {}", "policys"),
    ("a typo inside", "image: {tags: v1}", "tags"),
    ("two kinds of a mode", "mode: both", "mode"),
    ("no replica", "replicaCount: 0", "replicaCount"),
    ("a number as text", "replicaCount: many", "replicaCount"),
    ("a registry with a path", "image: {registry: registry.example/team}", "registry"),
    ("a digest cut short", "image: {digest: sha256:12}", "digest"),
    ("an unknown kind", "targets: {checkout: {kind: job}}", "kind"),
    ("an unknown action", "targets: {checkout: {actions: [delete]}}", "actions"),
    ("an unknown key of a target", "targets: {checkout: {cluster: a}}", "cluster"),
    ("a target without a proper name", "targets: {Check_Out: {}}", "Check_Out"),
    ("a wildcard as a name", "targets: {checkout: {name: '*', actions: [undo]}}", "name"),
    ("a port that is none", "targets: {checkout: {metricsPorts: [99999]}}", "metricsPorts"),
    ("a policy without a service", "policies: {a: {version: davy/v1}}", "service"),
    ("a privileged port", "web: {port: 80}", "port"),
    ("a token for a minute", "tokenExpirationSeconds: 60", "tokenExpirationSeconds"),
    ("an interval without a unit", "metrics: {podMonitor: {interval: '15'}}", "interval"),
    ("a network without a length", "networkPolicy: {apiServerCidrs: [10.0.0.1]}", "apiServerCidrs"),
    ("a Secret's name with spaces", "web: {apiTokenSecret: my token}", "apiTokenSecret"),
    ("nothing to watch", "policies: null", "nothing to watch: give policies, or existingPolicyConfigMap and services"),
    ("two places of policies", "existingPolicyConfigMap: mine\nservices: [a]", "give one of them"),
    ("services beside policies", "services: [checkout]", "services belongs to existingPolicyConfigMap"),
    ("somebody's policies without services", "policies: null\nexistingPolicyConfigMap: mine",
     "name the service of each policy"),
    ("a service that names no Lease", "policies: {a: {version: davy/v1, service: Check Out}}",
     'policies.a: service is "Check Out"; it names a Lease'),
    ("a service from a variable", "policies: {a: 'service: ${SERVICE}'}", "it names a Lease"),
    ("one service twice", "policies: {a: {version: davy/v1, service: checkout}}",
     "another policy has service checkout already"),
    ("a policy that is no YAML", "policies: {a: '{]'}", "policies.a is no YAML"),
    ("replicas without a leader", "leaderElection: {enabled: false}", "more than one replica needs leaderElection.enabled"),
    ("replicas with one journal", "persistence: {enabled: true}", "a journal has one writer"),
    ("abort of a Deployment", "targets: {checkout: {actions: [abort]}}",
     "targets.checkout.actions: a deployment knows no abort; one of undo, pause, resume, scale, traffic"),
    ("pause of a StatefulSet", "targets: {checkout: {kind: statefulset, actions: [pause]}}", "a statefulset knows no pause"),
    ("traffic of nothing", "targets: {checkout: {actions: [traffic]}}", "traffic needs targets.checkout.traffic"),
    ("a ServiceMonitor of a sidecar", "mode: sidecar\nmetrics: {serviceMonitor: {enabled: true}}", "no Service in sidecar mode"),
    ("a PodMonitor of unknown pods", "mode: sidecar\nmetrics: {podMonitor: {enabled: true}}",
     "name the labels of the pods that carry the sidecar"),
]


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def find_helm(checkout):
    """Where it was named, then PATH, then what scripts/kube-assets has built."""
    named = os.path.join(os.environ.get("DAVY_KUBE_ASSETS", ""), "helm")
    if os.environ.get("DAVY_KUBE_ASSETS") and os.access(named, os.X_OK):
        return named
    if shutil.which("helm"):
        return shutil.which("helm")
    found = subprocess.run([os.path.join(checkout, "scripts", "kube-assets"), "--find"], stdout=subprocess.PIPE, text=True)
    if found.returncode != 0:
        skip("no helm: put it on PATH, name its folder in DAVY_KUBE_ASSETS, or run ./scripts/kube-assets")
    return os.path.join(found.stdout.split()[-1], "helm")


class UniqueKeys(yaml.SafeLoader):
    """A key that is there twice loses one of its values silently; here it is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key twice: {keys}"
        return super().construct_mapping(node, deep)


def documents(text):
    return [d for d in yaml.load_all(text, UniqueKeys) if d]


class Chart:
    def __init__(self, helm, path):
        self.helm = helm
        self.path = path

    def render(self, *arguments, path=None, kube=KUBE):
        ran = subprocess.run([self.helm, "template", "davy", path or self.path, "--namespace", "watch",
                              "--kube-version", kube, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return ran

    def objects(self, *arguments, **options):
        ran = self.render(*arguments, **options)
        assert ran.returncode == 0, ran.stderr
        return documents(ran.stdout)


def of_kind(objects, kind):
    return [o for o in objects if o["kind"] == kind]


def pod_specs(objects):
    for o in objects:
        if o["kind"] == "Pod":
            yield o["metadata"]["name"], o["spec"]
        elif o["kind"] == "Deployment":
            yield o["metadata"]["name"], o["spec"]["template"]["spec"]


# ---- what every rendering has to keep ------------------------------------------------------------------------------------


def check_shape(objects):
    seen = set()
    for o in objects:
        meta = o["metadata"]
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", meta["name"]), meta["name"]
        key = (o["apiVersion"], o["kind"], meta.get("namespace"), meta["name"])
        assert key not in seen, f"{key} twice"
        seen.add(key)
        for label, value in meta.get("labels", {}).items():
            assert isinstance(value, str) and len(value) <= 63, (label, value)


def check_pod_security(name, spec):
    """Pod Security Standards, profile "restricted", as the admission controller checks it."""
    allowed_volumes = {"configMap", "downwardAPI", "emptyDir", "projected", "secret", "csi", "persistentVolumeClaim",
                       "ephemeral", "image"}
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        assert not spec.get(key), f"{name}: {key}"
    for volume in spec.get("volumes", []):
        kinds = set(volume) - {"name"}
        assert len(kinds) == 1 and kinds <= allowed_volumes, f"{name}: volume {volume}"
    pod = spec.get("securityContext", {})
    for container in spec.get("initContainers", []) + spec["containers"]:
        where = f"{name}/{container['name']}"
        own = container.get("securityContext", {})
        merged = {**pod, **own}
        assert own.get("allowPrivilegeEscalation") is False, where
        assert not own.get("privileged"), where
        assert "ALL" in own.get("capabilities", {}).get("drop", []), where
        assert set(own["capabilities"].get("add", [])) <= {"NET_BIND_SERVICE"}, where
        assert merged.get("runAsNonRoot") is True and merged.get("runAsUser") != 0, where
        assert merged.get("seccompProfile", {}).get("type") in ("RuntimeDefault", "Localhost"), where
        assert not any("hostPort" in port for port in container.get("ports", [])), where
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            assert "host" not in container.get(probe, {}).get("httpGet", {}), where


def check_davy_container(name, spec, container):
    """What Davy's own containers keep besides: nothing to write to, a token of their own, and mounts that exist."""
    assert spec["automountServiceAccountToken"] is False, name
    assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
    volumes = {volume["name"] for volume in spec["volumes"]}
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    assert mounts <= volumes, f"{name}: {mounts - volumes} is not there"


def check_rules(role):
    """No secrets, no wildcards, nothing that escalates, and names wherever the API lets a rule have them."""
    verbs_without_names = {"create", "list", "watch"}
    for rule in role["rules"]:
        words = rule["apiGroups"] + rule["resources"] + rule["verbs"]
        assert "*" not in words, rule
        assert not {"secrets", "roles", "rolebindings", "serviceaccounts", "pods/exec", "nodes"} & set(rule["resources"]), rule
        assert not {"delete", "deletecollection", "impersonate", "escalate", "bind"} & set(rule["verbs"]), rule
        if rule["resources"][0] in ("pods", "replicasets", "controllerrevisions"):
            assert set(rule["verbs"]) == {"get", "list", "watch"}, rule  # these have no names beforehand
        elif not set(rule["verbs"]) <= verbs_without_names:
            assert rule.get("resourceNames"), f"{role['metadata']['name']}: {rule}"


def check_rendering(objects):
    check_shape(objects)
    assert not [o["kind"] for o in objects if o["kind"].startswith("Cluster")]
    for name, spec in pod_specs(objects):
        check_pod_security(name, spec)
        for container in spec.get("initContainers", []) + spec["containers"]:
            if "/davy" in "/" + container["image"].split("@")[0].split(":")[0]:
                check_davy_container(name, spec, container)
    for role in of_kind(objects, "Role"):
        check_rules(role)
        binding = [b for b in of_kind(objects, "RoleBinding") if b["metadata"]["name"] == role["metadata"]["name"]
                   and b["metadata"].get("namespace") == role["metadata"].get("namespace")]
        assert len(binding) == 1 and binding[0]["roleRef"]["name"] == role["metadata"]["name"], role["metadata"]
    for lease in of_kind(objects, "Lease"):
        assert lease["spec"] == {}, lease
        state = [c for c in of_kind(objects, "ConfigMap") if c["metadata"]["name"] == lease["metadata"]["name"]]
        assert len(state) == 1 and "data" not in state[0]  # an upgrade must not overwrite what Davy wrote
        for o in (lease, state[0]):
            assert "davy-" + o["metadata"]["labels"]["davy/service"] == o["metadata"]["name"], o["metadata"]


def check_policies(davy, objects):
    """What Davy is given to read, by `helm test` too, is a policy that Davy understands."""
    checked = 0
    for config in of_kind(objects, "ConfigMap"):
        if not re.search("-test-|-policies$", config["metadata"]["name"]):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for file, text in config["data"].items():
                path = os.path.join(folder, file)
                with open(path, "w") as out:
                    out.write(text)
                ran = subprocess.run([davy, "check", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                assert ran.returncode == 0 or "not available in this version" in ran.stdout, ran.stdout
                checked += 1
    return checked


# ---- what single cases are for ---------------------------------------------------------------------------------------


def rules_of(objects, name, namespace=None):
    found = [r for r in of_kind(objects, "Role") if r["metadata"]["name"] == name
             and r["metadata"].get("namespace") == namespace]
    assert len(found) == 1, (name, namespace)
    return {r["resources"][0]: (r["verbs"], r.get("resourceNames")) for r in found[0]["rules"]}


def davy_container(objects):
    return of_kind(objects, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]


def case_deployment(objects):
    assert rules_of(objects, "davy-checkout", "shop")["deployments"] == (["get", "list", "watch", "patch"], ["checkout"])
    assert rules_of(objects, "davy") == {"leases": (["get", "update", "patch"], ["davy-checkout"]),
                                         "configmaps": (["get", "update", "patch"], ["davy-checkout"])}
    args = davy_container(objects)["args"]
    assert args[:2] == ["guard", "/etc/davy/policies/checkout.yaml"] and "--leader-elect" in args, args
    assert not [a for a in args if a.startswith("--journal")], args  # a leader's journal is in the ConfigMap
    assert "--listen=0.0.0.0:3289" in args and "--log=json" in args, args
    assert len(of_kind(objects, "PodDisruptionBudget")) == 1


def case_several(objects):
    assert rules_of(objects, "davy-ledger", "bank")["statefulsets"] == (["get", "list", "watch"], ["ledger"])
    assert "controllerrevisions" in rules_of(objects, "davy-ledger", "bank")
    canary = rules_of(objects, "davy-checkout-canary", "shop")
    assert canary["deployments"] == (["get", "list", "watch", "patch"], ["checkout-canary"]), canary
    assert rules_of(objects, "davy-agent", "watch")["daemonsets"][1] == ["node-agent"]
    policies = [c for c in of_kind(objects, "ConfigMap") if c["metadata"]["name"] == "davy-policies"][0]["data"]
    assert policies["ledger.yaml"].startswith("# Written as a text"), policies
    assert "sample_limit: 2000000" in policies["checkout.yaml"], policies
    assert sorted(o["metadata"]["name"] for o in of_kind(objects, "Lease")) == ["davy-checkout", "davy-ledger"]


def case_rollout(objects):
    rules = rules_of(objects, "davy-checkout", "shop")
    assert rules["rollouts"] == (["get", "list", "watch"], ["checkout"]), rules  # abort does not touch the template
    assert rules["rollouts/status"] == (["patch"], ["checkout"]), rules


def case_traffic(objects):
    rules = rules_of(objects, "davy-checkout-canary", "shop")
    for kind in ("httproutes", "virtualservices"):
        assert rules[kind] == (["get", "patch"], ["checkout"]), rules
    assert rules["ingresses"] == (["get", "patch"], ["checkout-canary", "1234"]), rules
    assert rules["deployments"][0] == ["get", "list", "watch"], rules


def case_existing_policies(objects):
    assert davy_container(objects)["args"][1] == "/etc/davy/policies"
    volumes = of_kind(objects, "Deployment")[0]["spec"]["template"]["spec"]["volumes"]
    assert volumes[0]["configMap"]["name"] == "shop-policies"
    assert not [c for c in of_kind(objects, "ConfigMap") if c["metadata"]["name"] == "davy-policies"]


def case_monitoring(objects):
    kinds = {o["kind"] for o in objects}
    assert {"ServiceMonitor", "PodMonitor", "PrometheusRule"} <= kinds, kinds
    assert len(of_kind(objects, "PrometheusRule")[0]["spec"]["groups"][0]["rules"]) > 5
    dashboard = [c for c in of_kind(objects, "ConfigMap") if c["metadata"]["name"] == "davy-dashboard"][0]
    assert json.loads(dashboard["data"]["davy.json"])["uid"] == "davy"
    peers = of_kind(objects, "NetworkPolicy")[0]["spec"]["ingress"][0]["from"]
    assert peers[1]["namespaceSelector"]["matchExpressions"][0]["values"] == ["monitoring"]


def case_single(objects):
    args = davy_container(objects)["args"]
    assert "--leader-elect" not in args and "--journal=/var/lib/davy/checkout.journal" in args, args
    assert of_kind(objects, "Deployment")[0]["spec"]["strategy"] == {"type": "Recreate"}
    assert not of_kind(objects, "Lease") and not of_kind(objects, "PodDisruptionBudget")
    assert of_kind(objects, "PersistentVolumeClaim")[0]["spec"]["storageClassName"] == "fast"


def case_create_leases(objects):
    assert not of_kind(objects, "Lease") and not of_kind(objects, "PersistentVolumeClaim")
    rules = [(r["resources"][0], r["verbs"], r.get("resourceNames")) for r in of_kind(objects, "Role")[0]["rules"]]
    assert ("leases", ["create"], None) in rules and ("configmaps", ["create"], None) in rules, rules
    assert ("leases", ["get", "update", "patch"], ["davy-checkout"]) in rules, rules


def case_sidecar(objects):
    kinds = {o["kind"] for o in objects}
    assert not {"Deployment", "Service", "NetworkPolicy", "ServiceAccount"} & kinds, kinds
    assert {subject["name"] for b in of_kind(objects, "RoleBinding") for subject in b["subjects"]} == {"checkout"}
    assert of_kind(objects, "PodMonitor")[0]["spec"]["podMetricsEndpoints"][0]["port"] == "davy-http"


def case_placement(objects):
    deployment = of_kind(objects, "Deployment")[0]
    assert deployment["metadata"]["name"] == "davy-judge"
    assert davy_container(objects)["image"].startswith("registry.example/platform/davy@sha256:0123")
    assert deployment["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "registry"}]


def case_extras(objects):
    args = davy_container(objects)["args"]
    assert "--listen=[::]:8080" in args and args[-2:] == ["--start", "now"], args
    assert "--api-token-file=/etc/davy/api/token" in args, args
    more = [c for c in of_kind(objects, "ConfigMap") if c["metadata"]["name"] == "davy-more"][0]
    assert more["data"]["policies"] == "davy-policies"
    assert [c for c in of_kind(objects, "ConfigMap") if c["metadata"]["name"] == "davy-text"]


def case_minimal(objects):
    assert not {"Role", "RoleBinding", "ServiceAccount", "NetworkPolicy", "PodDisruptionBudget", "Pod"} & {
        o["kind"] for o in objects}


def case_network(objects):
    egress = of_kind(objects, "NetworkPolicy")[0]["spec"]["egress"]
    assert egress[1]["to"] == [{"ipBlock": {"cidr": "10.0.0.1/32"}}, {"ipBlock": {"cidr": "fd00::1/128"}}]
    assert egress[2]["ports"] == [{"port": 9090, "protocol": "TCP"}]


def parent_chart(chart, scratch):
    shop = os.path.join(scratch, "shop")
    if not os.path.exists(shop):
        shutil.copytree(os.path.join(HERE, "shop"), shop)
        shutil.copytree(chart.path, os.path.join(shop, "charts", "davy"))
    return shop


def check_sidecar(chart, scratch):
    """A chart of an application that includes davy.sidecar."""
    shop = parent_chart(chart, scratch)
    objects = chart.objects(path=shop)
    check_rendering(objects)
    spec = of_kind(objects, "Deployment")[0]["spec"]["template"]["spec"]
    sidecar = spec["initContainers"][0]
    assert sidecar["restartPolicy"] == "Always" and sidecar["livenessProbe"]["httpGet"]["port"] == "davy-http"
    assert not {"readinessProbe", "startupProbe"} & set(sidecar)
    assert [m for m in sidecar["volumeMounts"] if m["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"]
    assert not spec["containers"][0].get("volumeMounts"), "the application must not get the token"
    plain = chart.objects("--set", "davy.sidecar.native=false", path=shop, kube="1.27.0")
    containers = of_kind(plain, "Deployment")[0]["spec"]["template"]["spec"]["containers"]
    assert [c["name"] for c in containers] == ["checkout", "davy"] and "restartPolicy" not in containers[1]
    old = chart.render(path=shop, kube="1.28.0")
    assert old.returncode != 0 and "a native sidecar needs Kubernetes 1.29" in old.stderr, old.stderr
    off = chart.objects("--set", "davy.enabled=false", path=shop)
    assert {o["kind"] for o in off} == {"ServiceAccount", "Deployment"}


def check_refusals(chart, scratch):
    good = os.path.join(chart.path, "ci", "deployment-values.yaml")
    for what, values, told in REFUSED:
        path = os.path.join(scratch, "bad.yaml")
        with open(path, "w") as out:
            out.write(values)
        ran = chart.render("--values", good, "--values", path)
        assert ran.returncode != 0, f"{what}: accepted"
        assert told in ran.stderr, f"{what}: not told {told!r} but\n{ran.stderr}"
    print(f"{len(REFUSED)} kinds of bad values are refused, each with its sentence")


def check_documented(chart):
    """Every value has a comment in values.yaml that begins with its name, a line in README.md, and a place in the schema."""
    with open(os.path.join(chart.path, "values.yaml")) as file:
        text = file.read()
    with open(os.path.join(chart.path, "README.md")) as file:
        readme = file.read()
    with open(os.path.join(chart.path, "values.schema.json")) as file:
        schema = json.load(file)
    named = set(re.findall(r"[A-Za-z.]+", " ".join(re.findall(r"# ([A-Za-z., ]+):", text))))
    free = {"podSecurityContext", "securityContext", "livenessProbe", "readinessProbe"}

    def walk(values, place, schema):
        assert schema.get("additionalProperties") is False, place
        for key, value in values.items():
            path = f"{place}{key}"
            assert key in schema["properties"], f"{path}: not in values.schema.json"
            inner = schema["properties"][key]
            if isinstance(value, dict) and value and key not in free | {"labels", "resources"}:
                walk(value, path + ".", inner)
            else:
                assert path in named, f"{path}: no comment in values.yaml"
                assert f"`{path}`" in readme, f"{path}: not in README.md"

    walk(yaml.safe_load(text), "", schema)


def check_metrics(chart, checkout):
    """Alerts and dashboard ask only for metrics that Davy exposes."""
    with open(os.path.join(checkout, "core", "telemetry", "self_metrics.cpp")) as file:
        exposed = set(re.findall(r'"(davy_[a-z_]+)"', file.read()))
    for name in ("alerts.yaml", "dashboard.json"):
        with open(os.path.join(chart.path, "files", name)) as file:
            used = {re.sub(r"_bucket$", "", m) for m in re.findall(r"\b(davy_[a-z_]+)", file.read())}
        assert used and used <= exposed, f"{name}: {used - exposed}"
    if shutil.which("promtool"):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(chart.path, "files", "alerts.yaml"), folder)
            shutil.copy(os.path.join(HERE, "alerts_test.yaml"), folder)
            ran = subprocess.run(["promtool", "test", "rules", "alerts_test.yaml"], cwd=folder, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
        assert ran.returncode == 0, ran.stdout
        print("the alerts fire for what they are about")
    else:
        print("promtool is not there (Debian's package prometheus): alerts are read, not evaluated")


def check_examples(davy, chart, checkout, scratch):
    """The plain manifests are what the chart makes of the same wishes."""
    folder = os.path.join(checkout, "examples", "kubernetes")

    def example(name):
        with open(os.path.join(folder, name)) as file:
            return documents(file.read())

    def with_values(path, values):
        with open(os.path.join(scratch, "values.json"), "w") as file:
            json.dump(values, file)
        return chart.objects("--values", os.path.join(scratch, "values.json"), path=path)

    with open(os.path.join(folder, "policy.yaml")) as file:
        policy = file.read()
    values = {"policies": {"checkout": policy}, "targets": {"checkout": {"namespace": "shop", "actions": ["undo"]}}}
    standalone = with_values(chart.path, values)
    inside = {**values, "fullnameOverride": "davy"}
    sidecar = with_values(parent_chart(chart, scratch), {"davy": inside})

    def rules(objects):
        return sorted(((r["metadata"]["name"], r["rules"]) for r in of_kind(objects, "Role")), key=lambda r: r[0])

    assert rules(example("rbac.yaml")) == rules(standalone), "rbac.yaml and the chart grant different things"
    ours = of_kind(example("deployment.yaml"), "Deployment")[0]["spec"]["template"]["spec"]
    theirs = of_kind(standalone, "Deployment")[0]["spec"]["template"]["spec"]
    assert ours == theirs, "deployment.yaml is not the chart's pod"
    ours = of_kind(example("sidecar.yaml"), "Deployment")[0]["spec"]["template"]["spec"]
    theirs = of_kind(sidecar, "Deployment")[0]["spec"]["template"]["spec"]
    assert ours["initContainers"] == theirs["initContainers"] and ours["volumes"] == theirs["volumes"], "sidecar.yaml"
    assert rules(example("sidecar.yaml")) == rules(sidecar), "sidecar.yaml and the chart grant different things"
    for name in ("rbac.yaml", "deployment.yaml", "sidecar.yaml"):
        objects = example(name)
        check_shape(objects)
        for pod, spec in pod_specs(objects):
            check_pod_security(pod, spec)


def main():
    davy, checkout = sys.argv[1:3]
    chart = Chart(find_helm(checkout), os.path.join(checkout, "helm", "davy"))
    linted = subprocess.run([chart.helm, "lint", "--strict", chart.path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert linted.returncode == 0, linted.stdout
    check_documented(chart)
    check_metrics(chart, checkout)
    files = sorted(os.listdir(os.path.join(chart.path, "ci")))
    policies = 0
    for file in files:
        path = os.path.join(chart.path, "ci", file)
        linted = subprocess.run([chart.helm, "lint", "--strict", chart.path, "--values", path],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert linted.returncode == 0, linted.stdout
        objects = chart.objects("--values", path)
        check_rendering(objects)
        policies += check_policies(davy, objects)
        case = globals().get("case_" + file.replace("-values.yaml", "").replace("-", "_"))
        if case:
            case(objects)
    assert len(files) >= 12 and policies > 0
    print(f"{len(files)} cases render, and grant no more than they should")
    with tempfile.TemporaryDirectory() as scratch:
        check_sidecar(chart, scratch)
        check_refusals(chart, scratch)
        check_examples(davy, chart, checkout, scratch)
    print("the examples are what the chart makes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
