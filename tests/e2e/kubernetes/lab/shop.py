"""A namespace with a Deployment and a load on it: what most tests need. Several stand side by side under names of their
own."""

from .load import Load
from .objects import available, deployment, namespace, service
from .api import path
from .processes import wait_until

CHECKOUT = path("deployments", "shop", "checkout")


def image(thing):
    return thing["spec"]["template"]["spec"]["containers"][0]["image"]


def marks(thing):
    return {key: value for key, value in thing["metadata"].get("annotations", {}).items() if key.startswith("davy/")}


def update(plane, version, name="checkout", **environment):
    """A new version, as kubectl apply would bring it."""
    thing = deployment("shop", name, environment=environment, image=f"example-service:{version}")
    plane.api.patch(path("deployments", "shop", name), {"spec": {"template": thing["spec"]["template"]}})


class Shop:
    """A context manager. `rate`: requests a second."""

    def __init__(self, plane, rate=200, name="checkout", replicas=4, **settings):
        self.plane, self.rate, self.name, self.replicas, self.settings = plane, rate, name, replicas, settings
        self.where = path("deployments", "shop", name)

    def __enter__(self):
        self.plane.api.apply(namespace("shop"))
        self.plane.api.apply(service("shop", self.name))
        self.make()
        self.load = Load(self.plane, "shop", self.name, rate=self.rate).__enter__()
        return self

    def make(self):
        """The first version, from the start or after it was deleted."""
        self.plane.api.apply(deployment("shop", self.name, replicas=self.replicas, image="example-service:1",
                                        **self.settings))
        self.plane.api.wait_for(self.where, available(self.replicas))

    def __exit__(self, *error):
        self.load.__exit__(*error)
        self.plane.api.delete(self.where)
        of_ours = {"labelSelector": f"app={self.name}"}
        wait_until(lambda: not self.plane.api.list(path("replicasets", "shop"), **of_ours), 30,
                   f"{self.name} to be gone")
