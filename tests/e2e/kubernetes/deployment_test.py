#!/usr/bin/env python3
"""Plain Deployments under real controllers: a bad update is found while it rolls and undone by one patch; a healthy one
passes; a newer deploy is left alone; the last good revision is found again. Usage: deployment_test.py DAVY. Exit code 77:
skipped, and why."""

import sys
import time

from lab import ControlPlane, Kubelet, MissingAssets, available
from lab.assets import SKIPPED
from lab.davy import Davy, policy
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


def main():
    davy = sys.argv[1]
    wanted = sys.argv[2:]
    try:
        with ControlPlane() as plane, Kubelet(plane):
            tests = {"bad": lambda: bad_update_is_undone(plane, davy, False),
                     "bad_paced": lambda: bad_update_is_undone(plane, davy, True),
                     "healthy": lambda: healthy_update_passes(plane, davy)}
            for name, test in tests.items():
                if wanted and name not in wanted:
                    continue
                began = time.monotonic()
                print(f"{name}:", flush=True)
                test()
                print(f"{name}: {time.monotonic() - began:.1f} s", flush=True)
    except MissingAssets as why:
        print(why)
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
