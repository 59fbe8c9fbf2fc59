#!/usr/bin/env python3
"""Plain Deployments under real controllers: a bad update is found while it rolls and undone by one patch; a healthy one
passes; a newer deploy is left alone; the last good revision is found again. Usage: deployment_test.py DAVY [CASE...].
Exit code 77: skipped, and why."""

import sys
import time

from lab import (ControlPlane, FaultProxy, Kubelet, Load, MissingAssets, Rule, available, daemon_set, namespace, path,
                 service, stateful_set)
from lab.assets import SKIPPED
from lab.davy import Davy, policy
from lab.processes import wait_until
from lab.rights import given_rights, rules
from lab.shop import CHECKOUT, Shop, image, marks, update

def bad_update_is_undone(plane, davy, pace):
    action = f"{{deployment: shop/checkout, undo: last_good, pace: {'true' if pace else 'false'}}}"
    with Shop(plane) as shop, Davy(plane, davy, policy(action=action), name=f"bad_{pace}") as guard:
        time.sleep(5)
        update(plane, 2, ERROR_SHARE=0.3)
        report = guard.wait_for_report()
        restored = plane.api.wait_for(CHECKOUT, available(4))
        first_bad = shop.load.report()["first_bad"]
        print(f"  {report['sentence']}")
        assert report["end"] == "healed", report
        assert image(restored) == "example-service:1" and not restored["spec"].get("paused"), restored
        assert marks(restored)["davy/rolled-back"] and "davy/paced" not in marks(restored), marks(restored)
        seconds = report["acted_s"] + parse(report["deployed_at"]) - first_bad
        print(f"  first bad response to the old template restored: {seconds:.2f} s"
              f" ({'paced' if pace else 'while it rolled on'})", flush=True)
        assert guard.said("back to 1 ("), guard.lines()
        return seconds


def parse(text):
    import datetime
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def healthy_update_passes(plane, davy):
    action = "{deployment: shop/checkout, undo: last_good, pace: true}"
    with Shop(plane), Davy(plane, davy, policy(action=action), name="healthy") as guard:
        time.sleep(3)
        update(plane, 2)
        guard.wait_for("is paused with", 20)
        report = guard.wait_for_report()
        print(f"  {report['sentence']}")
        assert report["end"] == "passed", report
        thing = plane.api.wait_for(CHECKOUT, available(4))
        assert image(thing) == "example-service:2" and not thing["spec"].get("paused"), thing
        assert "davy/good" in marks(thing), marks(thing)


def newer_deploy_is_left_alone(plane, davy):
    """A third version arrives between the look and the patch: the patch fails its test, and nothing is touched."""
    with Shop(plane), FaultProxy(plane) as way:
        kubeconfig = plane.directory / "newer.kubeconfig"
        plane.write_kubeconfig(kubeconfig, server=way.server, ca_file=way.ca_file)
        with Davy(plane, davy, policy(), name="newer", kubeconfig=kubeconfig) as guard:
            time.sleep(3)
            update(plane, 2, ERROR_SHARE=0.4)
            guard.wait_for("warming_up -> watching", 30)
            way.add(Rule("PATCH", r"/deployments/checkout\?fieldManager=davy$", delay_s=1.5))
            guard.wait_for("rolling back with kubernetes", 60)
            update(plane, 3)
            report = guard.wait_for_report()
            print(f"  {report['sentence'][:160]}")
            assert report["end"] == "superseded", report
            refused = [one for one in way.seen("PATCH", "/deployments/checkout") if one.status == 422]
            assert refused, "the patch should have met the newer template"
            assert image(plane.api.get(CHECKOUT)) == "example-service:3"
            # And the third version is a release of its own, which passes.
            assert guard.wait_for_report(2)["end"] == "passed"
            assert image(plane.api.wait_for(CHECKOUT, available(4))) == "example-service:3"


def last_good_beats_the_previous_number(plane, davy):
    """Good, bad, worse: the worse comes while the bad is judged, and its previous number is the bad one."""
    with Shop(plane) as shop, Davy(plane, davy, policy(), name="worse") as guard:
        time.sleep(3)
        update(plane, 2, ERROR_SHARE=0.02)  # bad, though not enough to be found at once
        guard.wait_for("warming_up -> watching", 30)
        plane.api.wait_for(CHECKOUT, available(4))
        update(plane, 3, ERROR_SHARE=0.5)
        assert guard.wait_for_report(1)["end"] == "superseded"
        report = guard.wait_for_report(2)
        assert report["end"] == "healed", report
        print(f"  {report['actions'][0]['answer']}")
        thing = plane.api.wait_for(CHECKOUT, available(4))
        assert image(thing) == "example-service:1", image(thing)
        # And never again to what was rolled back: the same worse template once more has only 1 and 2 to go to.
        update(plane, 3, ERROR_SHARE=0.5)
        assert guard.wait_for_report(3)["end"] == "healed"
        assert image(plane.api.wait_for(CHECKOUT, available(4))) == "example-service:1"
        assert shop.load.report()["sent"] > 0


def crash_loop_is_enough(plane, davy):
    """A version that never gets to serve a request: no metric says so, Kubernetes does."""
    with Shop(plane), Davy(plane, davy, policy(), name="crash") as guard:
        time.sleep(2)
        update(plane, 2, CRASH_AFTER="0.5")
        report = guard.wait_for_report()
        print(f"  {report['sentence'][:200]}")
        assert report["end"] == "healed" and "restarts:" in report["sentence"], report
        assert image(plane.api.wait_for(CHECKOUT, available(4))) == "example-service:1"


def rights(plane, davy):
    """What Davy asks for is enough; without the patch it says so at arming, and names verb and resource at the act."""
    with Shop(plane):
        enough = given_rights(plane, "davy", rules("checkout"))
        with Davy(plane, davy, policy(), name="enough", kubeconfig=enough) as guard:
            time.sleep(3)
            update(plane, 2, ERROR_SHARE=0.5)
            assert guard.wait_for_report()["end"] == "healed"
            plane.api.wait_for(CHECKOUT, available(4))
        little = given_rights(plane, "davy-reader", rules("checkout", "get", "list", "watch"))
        with Davy(plane, davy, policy(), name="little", kubeconfig=little) as guard:
            time.sleep(3)
            update(plane, 3, ERROR_SHARE=0.5)
            guard.wait_for("not permitted: patch deployments.apps checkout in shop", 20)
            report = guard.wait_for_report()
            print(f"  {report['sentence'][:220]}")
            assert report["end"] == "needs_human" and "403" in report["sentence"], report
            assert image(plane.api.get(CHECKOUT)) == "example-service:3"


def gitops_fights(plane, davy):
    """A controller that brings the released template back: told at arming, applied once more, then left to people."""
    with Shop(plane), Davy(plane, davy, policy(), name="gitops") as guard:
        time.sleep(2)
        plane.api.patch(CHECKOUT, {"metadata": {"annotations": {
            "argocd.argoproj.io/tracking-id": "shop-app:apps/Deployment:shop/checkout"}}})
        update(plane, 2, ERROR_SHARE=0.5)
        guard.wait_for("belongs to Argo CD application shop-app, which will undo a rollback", 20)
        for _ in range(2):
            wait_until(lambda: image(plane.api.get(CHECKOUT)) == "example-service:1", 60, "the rollback")
            update(plane, 2, ERROR_SHARE=0.5)
        report = guard.wait_for_report()
        print(f"  {report['sentence'][:200]}")
        assert guard.said("Argo CD application shop-app has undone the rollback; it is applied once more")
        assert report["end"] == "needs_human" and "has undone it again" in report["sentence"], report


def other_kinds(plane, davy):
    """A StatefulSet and a DaemonSet, whose revisions are ControllerRevisions."""
    plane.api.apply(namespace("shop"))
    for kind, plural, make, count in (("statefulset", "statefulsets", stateful_set, 3),
                                      ("daemonset", "daemonsets", daemon_set, 1)):
        where = path(plural, "shop", kind)
        plane.api.apply(service("shop", kind))
        plane.api.apply(make("shop", kind))
        ready = "readyReplicas" if kind == "statefulset" else "numberReady"
        plane.api.wait_for(where, lambda thing: thing.get("status", {}).get(ready) == count, 30)
        text = policy(name=kind, action=f"{{{kind}: shop/{kind}, undo: last_good}}")
        text = text.replace(f"deployment: {kind}, port", f"{kind}: {kind}, port")
        with Load(plane, "shop", kind, rate=100), Davy(plane, davy, text, name=kind) as guard:
            time.sleep(4)
            plane.api.patch(where, {"spec": {"template": make("shop", kind, environment={"ERROR_SHARE": "0.5"},
                                                              image="example-service:2")["spec"]["template"]}})
            report = guard.wait_for_report()
            print(f"  {report['actions'][0]['answer']}")
            assert report["end"] == "healed", report
            plane.api.wait_for(where, lambda thing: image(thing) == "example-service:1"
                               and thing["status"].get(ready) == count, 30)
        plane.api.delete(where)


def main():
    davy = sys.argv[1]
    wanted = sys.argv[2:]
    tests = {"bad": lambda plane, davy: bad_update_is_undone(plane, davy, False),
             "bad_paced": lambda plane, davy: bad_update_is_undone(plane, davy, True),
             "healthy": healthy_update_passes, "newer": newer_deploy_is_left_alone,
             "worse": last_good_beats_the_previous_number, "crash": crash_loop_is_enough, "rights": rights,
             "gitops": gitops_fights, "kinds": other_kinds}
    try:
        with ControlPlane() as plane, Kubelet(plane):
            for name, test in tests.items():
                if wanted and name not in wanted:
                    continue
                began = time.monotonic()
                print(f"{name}: {test.__doc__ or ''}", flush=True)
                test(plane, davy)
                print(f"{name}: holds, {time.monotonic() - began:.1f} s", flush=True)
    except MissingAssets as why:
        print(why)
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
