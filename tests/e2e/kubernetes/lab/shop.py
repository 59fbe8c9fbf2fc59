"""A namespace with a Deployment of four pods and a load on it: what most tests need."""

from .load import Load
from .objects import available, deployment, namespace, service
from .api import path
from .processes import wait_until

CHECKOUT = path("deployments", "shop", "checkout")


def image(thing):
    return thing["spec"]["template"]["spec"]["containers"][0]["image"]


def marks(thing):
    return {key: value for key, value in thing["metadata"].get("annotations", {}).items() if key.startswith("davy/")}


def update(plane, version, **environment):
    """A new version, as kubectl apply would bring it."""
    thing = deployment("shop", "checkout", replicas=4, environment=environment, image=f"example-service:{version}")
    plane.api.patch(CHECKOUT, {"spec": {"template": thing["spec"]["template"]}})


class Shop:
    """A context manager. `rate`: requests a second."""

    def __init__(self, plane, rate=200, **settings):
        self.plane, self.rate, self.settings = plane, rate, settings

    def __enter__(self):
        api = self.plane.api
        api.apply(namespace("shop"))
        api.apply(service("shop", "checkout"))
        api.apply(deployment("shop", "checkout", replicas=4, image="example-service:1", **self.settings))
        api.wait_for(CHECKOUT, available(4))
        self.load = Load(self.plane, "shop", "checkout", rate=self.rate).__enter__()
        return self

    def __exit__(self, *error):
        self.load.__exit__(*error)
        self.plane.api.delete(CHECKOUT)
        wait_until(lambda: not self.plane.api.list(path("replicasets", "shop")), 30, "the Deployment to be gone")
