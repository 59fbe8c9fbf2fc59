#!/usr/bin/env python3
"""What goes wrong between Davy and the Kubernetes API, by the ids of docs/faults.md: each fault is put between a real
API server and a real release that fails. After every case the same invariants are checked: no action without a verdict,
at most one effective change for a decision, and never a revision other than the judged one.

The cases run in lanes side by side, each with a Deployment of its own. Usage: faults_test.py DAVY [CASE...]. Exit code
77: skipped, and why."""

import sys
import threading
import time
import traceback

from faults import deploy_api, targets, trouble
from faults.lane import Holds, Lane
from lab import ControlPlane, Kubelet, MissingAssets
from lab.assets import SKIPPED

# What takes long is begun first, and each lane has about as much to do as the others.
LANES = {
    "checkout": {"K13": targets.silent_watch},
    "basket": {"K01": trouble.away_for_a_while, "K02": trouble.away_and_overtaken, "K03": trouble.answer_is_lost,
               "K04_K06_K07_K08": trouble.refused_now_and_then, "K11": trouble.deleted_before_the_act,
               "K21": trouble.scaled_meanwhile, "K29": trouble.two_policies_and_a_throttled_server},
    "orders": {"K28": trouble.slow_server_and_a_lease, "K20": trouble.old_pods_never_come_up},
    "search": {"K09": deploy_api.token_is_refused, "K10": deploy_api.right_is_missing,
               "K15": deploy_api.admission_denies, "K16": deploy_api.paused_by_somebody,
               "K17": deploy_api.no_history, "K18": deploy_api.previous_was_rolled_back,
               "K12": targets.watch_is_too_old,
               "K14": targets.answers_that_are_none, "K30": targets.authority_rotates},
}


def run(lane, cases, failed):
    with lane:
        for name, case in cases.items():
            began = time.monotonic()
            try:
                lane.begin(name)
                case(lane)
                lane.end()
                print(f"{name}: holds, {time.monotonic() - began:.1f} s: {case.__doc__.splitlines()[0]}", flush=True)
            except Exception:  # the other cases have things to say, too
                failed.append(name)
                print(f"{name}: FAILED, {time.monotonic() - began:.1f} s\n{traceback.format_exc()}", flush=True)
                lane.give_up()


def main():
    davy, wanted = sys.argv[1], sys.argv[2:]
    failed = []
    try:
        with ControlPlane() as plane:
            holds = Holds()
            with Kubelet(plane, may_be_ready=holds.may_be_ready):
                threads = []
                for name, cases in LANES.items():
                    chosen = {case: what for case, what in cases.items() if not wanted or case in wanted}
                    if chosen:
                        lane = Lane(plane, davy, name, holds)
                        threads.append(threading.Thread(target=run, args=(lane, chosen, failed)))
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
    except MissingAssets as why:
        print(why)
        return SKIPPED
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
