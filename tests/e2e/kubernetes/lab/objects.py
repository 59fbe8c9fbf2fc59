"""The objects that tests make, with defaults that suit the lab, and questions about them."""


def namespace(name):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def pod_template(name, environment, annotations, image):
    return {"metadata": {"labels": {"app": name}, "annotations": annotations or {}},
            "spec": {"terminationGracePeriodSeconds": 5,
                     "containers": [{"name": "app", "image": image, "ports": [{"name": "http", "containerPort": 8080}],
                                     "env": [{"name": key, "value": str(value)} for key, value in environment.items()],
                                     "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"},
                                                        "periodSeconds": 1}}]}}


def deployment(in_namespace, name, replicas=3, environment=None, annotations=None, image="example-service:1"):
    """A Deployment of example_service; the environment are its settings, such as ERROR_SHARE."""
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": in_namespace},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                     "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                     "template": pod_template(name, environment or {}, annotations, image)}}


def rollout(in_namespace, name, steps, replicas=4, environment=None, annotations=None, image="example-service:1"):
    """An Argo Rollout with a canary strategy by replicas, such as steps=[{"setWeight": 25}, {"pause": {}}]."""
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": {"name": name, "namespace": in_namespace},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                     "strategy": {"canary": {"steps": steps, "maxSurge": 1, "maxUnavailable": 0}},
                     "template": pod_template(name, environment or {}, annotations, image)}}


def service(in_namespace, name, selector=None, port=8080):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": in_namespace},
            "spec": {"selector": selector or {"app": name},
                     "ports": [{"name": "http", "port": port, "targetPort": "http"}]}}


def condition(thing, kind):
    """The status of a condition, "True", "False" or "Unknown"; None when it is not there."""
    for one in ((thing or {}).get("status") or {}).get("conditions") or []:
        if one["type"] == kind:
            return one["status"]
    return None


def available(replicas):
    """The whole Deployment is of the newest template and available, and no old pod is left in its numbers."""
    def holds(thing):
        status = (thing or {}).get("status") or {}
        return (status.get("observedGeneration", 0) >= thing["metadata"]["generation"] if thing else False) and all(
            status.get(field, 0) == replicas for field in ("replicas", "updatedReplicas", "availableReplicas"))
    return holds


def stateful_set(in_namespace, name, replicas=3, environment=None, image="example-service:1"):
    """A StatefulSet of example_service, one pod after the other."""
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name, "namespace": in_namespace},
            "spec": {"replicas": replicas, "serviceName": name, "selector": {"matchLabels": {"app": name}},
                     "template": pod_template(name, environment or {}, {}, image)}}


def daemon_set(in_namespace, name, environment=None, image="example-service:1"):
    """A DaemonSet of example_service; the lab has one node, so one pod."""
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name, "namespace": in_namespace},
            "spec": {"selector": {"matchLabels": {"app": name}},
                     "updateStrategy": {"rollingUpdate": {"maxUnavailable": 1}},
                     "template": pod_template(name, environment or {}, {}, image)}}
