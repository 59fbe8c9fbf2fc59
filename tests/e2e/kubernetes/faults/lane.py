"""A Deployment with its load, to which one fault after the other happens."""

import shutil
import urllib.request

from lab import FaultProxy, available, path
from lab.davy import Davy
from lab.processes import wait_until
from lab.shop import Shop, image, update

from . import invariants

POLICY = """
version: davy/v1
service: {name}
canary: {{kubernetes: {{namespace: shop, deployment: {name}, port: http}}}}
baseline: {{kubernetes: {{namespace: shop, deployment: {name}, port: http}}}}
scrape: {{interval: 500ms, timeout: 400ms}}
window: {window}
warmup: 1s
checks:
  - name: errors
    ratio: {{errors: 'http_requests_total{{code=~"5.."}}', total: http_requests_total}}
    max: 20%
    method: threshold
    lookback: 2s
rollback:
  - kubernetes: {{deployment: shop/{name}, undo: {undo}}}
{then}
guard_rails: {{deadline: {deadline}, verify_for: {verify_for}, cooldown: 0s, at_most: 100, per: 1h}}
"""
REPLICAS = 3


class Holds:
    """Pods that the kubelet never makes ready, by functions of the pod's object."""

    def __init__(self):
        self.rules = []

    def may_be_ready(self, pod):
        return not any(rule(pod) for rule in list(self.rules))


class Lane:
    """A context manager around all cases; begin() and end() around each."""

    def __init__(self, plane, davy, name, holds):
        self.plane, self.program, self.name, self.holds = plane, davy, name, holds
        self.api = plane.api
        self.shop = Shop(plane, rate=100, name=name, replicas=REPLICAS)
        self.where = self.shop.where
        self.version = 1  # the newest, all lanes' first is good
        self.way = self.guard = None

    def __enter__(self):
        self.shop.__enter__()
        return self

    def __exit__(self, *error):
        self.shop.__exit__(*error)

    def begin(self, case):
        self.case, self.bad_images = case, set()
        self.way = FaultProxy(self.plane).__enter__()
        self.by_hand = self.plane.directory / f"{case}.by_hand"

    def end(self):
        """The invariants hold, and everything is as it was before the case."""
        try:
            invariants.check(self.guard.lines(), self.way, self.name, self.bad_images)
        finally:
            self.tidy()

    def give_up(self):
        if self.guard:
            print("\n".join(f"  | {line.get('message', '')[:400]}" for line in self.guard.lines()[-25:]), flush=True)
        self.tidy()

    def tidy(self):
        if self.guard:
            self.guard.stop()
        self.guard = None
        if self.way:
            self.way.__exit__()
        self.put_back()

    def watch(self, undo="last_good", by_hand=False, window="60s", deadline="30s", verify_for="20s", kubeconfig=None,
              flags=(), more_policies=()):
        """Starts Davy. by_hand: the next action of the plan asks for a person, whom the test plays."""
        then = f"  - exec: {{argv: [{shutil.which('touch')}, {self.by_hand}]}}" if by_hand else ""
        text = POLICY.format(name=self.name, undo=undo, window=window, deadline=deadline, verify_for=verify_for,
                             then=then)
        if kubeconfig is None:
            kubeconfig = self.plane.directory / f"{self.case}.kubeconfig"
            self.plane.write_kubeconfig(kubeconfig, server=self.way.server, ca_file=self.way.ca_file)
        self.guard = Davy(self.plane, self.program, text, name=self.case, kubeconfig=kubeconfig,
                          flags=[*map(str, more_policies), *flags])
        self.guard.start()
        return self.guard

    def settle(self):
        """Until Davy has had a look at what serves."""
        wait_until(lambda: self.way.seen("GET", r"/replicasets\?watch=1"), 20, "davy to watch")

    def update(self, error_share=0.6):
        """The next version; a bad one unless it is said otherwise."""
        self.version += 1
        self.bad_images.add(f"example-service:{self.version}")
        update(self.plane, self.version, self.name, ERROR_SHARE=error_share)

    def until_watching(self):
        """The release is armed and warmed up; no action has begun, and none can for another second."""
        self.guard.wait_for("warming_up -> watching", 30)

    def failing_release(self, *rules):
        """A bad version is noticed; what the rules say begins when the actuators are armed."""
        self.settle()
        self.update()
        self.until_watching()
        for rule in rules:
            self.way.add(rule)

    def image(self):
        return image(self.api.get(self.where))

    def is_healed(self):
        """The end of a rollback that worked. The report."""
        report = self.guard.wait_for_report()
        assert report["end"] == "healed", report
        assert self.image() == "example-service:1", self.image()
        return report

    def is_healed_by_hand(self):
        """The next action was asked for, and what it does is seen to work. The report."""
        wait_until(self.by_hand.exists, 40, "the next action")
        self.put_back()
        return self.is_healed()

    def undoes(self):
        return invariants.undoes(self.way, self.name)

    @staticmethod
    def set_error_share(pod, share):
        """Of a pod that runs."""
        with urllib.request.urlopen(f"http://{pod['status']['podIP']}:8080/set?error_share={share}", timeout=5):
            pass

    def put_back(self):
        """The first version is there again, however it was left."""
        thing = self.api.find(self.where)
        if thing is None:
            return self.shop.make()
        patch = {"spec": {"paused": False, "replicas": REPLICAS}}
        if image(thing) != "example-service:1":
            update(self.plane, 1, self.name)
        self.api.patch(self.where, patch)
        self.api.wait_for(self.where, available(REPLICAS))
        # As if Davy had restored it: the next case's Davy must not take it for a release.
        first = next(one for one in self.replica_sets() if one["spec"]["template"]["spec"]["containers"][0]["image"]
                     == "example-service:1")
        restored = first["metadata"]["labels"]["pod-template-hash"]
        self.api.patch(self.where, {"metadata": {"annotations": {"davy/restored": restored, "davy/rolled-back": None}}})

    def replica_sets(self):
        return self.api.list(path("replicasets", "shop"), labelSelector=f"app={self.name}")

    def pods(self):
        return self.api.list(path("pods", "shop"), labelSelector=f"app={self.name}")
