"""A real Kubernetes control plane on this machine, with pods that are plain processes.

    with ControlPlane() as plane, Kubelet(plane) as kubelet:
        plane.api.apply(deployment("shop", "checkout", replicas=3))
        plane.api.wait_for(path("deployments", "shop", "checkout"), available(3))

It needs Python's standard library, openssl, etcd and what scripts/kube-assets provides. Every process started here ends
with the test, even if the test is killed."""

from .api import Api, ApiError, path
from .assets import MissingAssets, find_assets
from .control_plane import ControlPlane
from .fault_proxy import FaultProxy, Rule
from .kubelet import Kubelet
from .load import Load
from .objects import available, condition, daemon_set, deployment, namespace, rollout, service, stateful_set

__all__ = ["Api", "ApiError", "ControlPlane", "FaultProxy", "Kubelet", "Load", "MissingAssets", "Rule", "available",
           "condition", "daemon_set", "deployment", "find_assets", "namespace", "path", "rollout", "service",
           "stateful_set"]
