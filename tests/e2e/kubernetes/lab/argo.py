"""The Argo Rollouts controller on the lab's control plane."""

from .api import Api, ApiError, path
from .objects import condition
from .processes import free_port

NAMESPACE = "argo-rollouts"


def start_argo(plane):
    """Adds the CRDs, waits until they are served, and starts the controller for all namespaces."""
    definitions = path("customresourcedefinitions")
    made = [plane.api.post(definitions, file.read_text(), "application/yaml")
            for file in sorted((plane.assets / "crds").glob("*.yaml"))]
    for crd in made:
        plane.api.wait_for(f"{definitions}/{crd['metadata']['name']}",
                           lambda thing: condition(thing, "Established") == "True")
    plane.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    healthz = free_port()
    plane.start("rollouts-controller", [
        plane.assets / "rollouts-controller", f"--kubeconfig={plane.kubeconfig}", f"--namespace={NAMESPACE}",
        "--leader-elect=false", f"--healthzPort={healthz}", f"--metricsPort={free_port()}", "--loglevel=info"],
        lambda: healthy(healthz))


def healthy(port):
    try:
        return Api(f"http://127.0.0.1:{port}", "").get("/healthz") is not None
    except (OSError, ApiError):
        return False
