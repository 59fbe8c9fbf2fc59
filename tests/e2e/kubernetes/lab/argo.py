"""The Argo Rollouts controller on the lab's control plane."""

from .api import ApiError, path
from .processes import free_port

NAMESPACE = "argo-rollouts"


def start_argo(plane):
    """Adds the CRDs, waits until they are served, and starts the controller for all namespaces."""
    for crd in sorted((plane.assets / "crds").glob("*.yaml")):
        plane.api.post(path("customresourcedefinitions"), crd.read_text(), "application/yaml")
    plane.api.wait_for(path("customresourcedefinitions", name="rollouts.argoproj.io"), established)
    plane.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    healthz = free_port()
    plane.start("rollouts-controller", [
        plane.assets / "rollouts-controller", f"--kubeconfig={plane.kubeconfig}", f"--namespace={NAMESPACE}",
        "--leader-elect=false", f"--healthzPort={healthz}", f"--metricsPort={free_port()}", "--loglevel=info"],
        lambda: healthy(healthz))


def established(crd):
    conditions = crd["status"].get("conditions", []) if crd else []
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)


def healthy(port):
    from .api import Api
    try:
        return Api(f"http://127.0.0.1:{port}", "").get("/healthz") is not None
    except (OSError, ApiError):
        return False
