"""Faults of watches and answers while a release is watched: the pods are found, and the rollback is made."""

import time

from lab import Rule
from lab.certificates import Authority
from lab.fault_proxy import half, padded
from lab.processes import wait_until

RELIST_S = 60 + 5 + 2  # what core/kube/reflector.hpp promises, and a little


def silent_watch(lane):
    """Every watch stays connected and says nothing: the new pods are found when all is listed again."""
    lane.way.add(Rule("GET", "watch=1", times=None, watch="stall"))
    lane.watch(window="180s")
    lane.settle()
    began = time.monotonic()
    lane.update(error_share=0.3)
    lane.guard.wait_for("watching release", RELIST_S)
    noticed = time.monotonic() - began
    # One list that shows the release is enough: its pods come with it, or with the next event.
    lane.way.clear()
    report = lane.is_healed()
    print(f"  K13: noticed {noticed:.1f} s after the update; {report['sentence'][:80]}", flush=True)
    assert noticed > 5, "the watches were not silent"


def watch_is_too_old(lane):
    """410 in the middle of watches: all is listed anew, and no pod is missed."""
    gone = [lane.way.add(Rule("GET", f"/{kind}.*watch=1", watch="gone", after_events=1))
            for kind in ("deployments", "replicasets", "pods")]
    lane.watch()
    lane.settle()
    lane.update()
    lane.is_healed()
    for rule, kind in zip(gone, ("deployments", "replicasets", "pods")):
        assert rule.used and len(lane.way.seen("GET", rf"/{kind}\?limit=500")) >= 2, kind


def answers_that_are_none(lane):
    """A list of 50 MB and halves of JSON: told by name, and tried again until there is an answer."""
    large = lane.way.add(Rule("GET", r"/pods\?limit", times=None, change=padded(50)))
    lane.watch(deadline="60s")
    lane.guard.wait_for("the answer is larger than 33554432 bytes", 30)
    large.times = 0
    lane.failing_release(Rule("GET", rf"/deployments/{lane.name}$", times=2, change=half))
    report = lane.is_healed()
    assert lane.guard.said("the answer is not JSON"), lane.guard.lines()
    assert report["actions"][0]["attempts"] == 3, report["actions"]


def authority_rotates(lane):
    """The API server gets a certificate of a new authority: refused until the CA file changes, and then without a
    restart."""
    bundle = lane.plane.directory / "bundle.crt"
    bundle.write_bytes(lane.way.ca_file.read_bytes())
    kubeconfig = lane.plane.write_kubeconfig(lane.plane.directory / "rotating.kubeconfig", server=lane.way.server,
                                             ca_file=bundle)
    lane.watch(kubeconfig=kubeconfig)
    lane.settle()
    lane.way.present(Authority(lane.plane.directory / "new-pki", "new-ca"))
    lane.way.cut()
    lane.guard.wait_for("certificate", 30)
    bundle.write_bytes(lane.way.ca_file.read_bytes())
    seen = len(lane.way.seen("GET", "watch=1"))
    wait_until(lambda: len(lane.way.seen("GET", "watch=1")) >= seen + 3, 40, "davy to watch again")
    lane.failing_release()
    lane.is_healed()
    # And the old authority is worth nothing any more.
    lane.way.present(lane.plane.authority)
    lane.way.cut()
    began = len(lane.guard.said("certificate"))
    wait_until(lambda: len(lane.guard.said("certificate")) > began, 30, "davy to refuse the old authority")
