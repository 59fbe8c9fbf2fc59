"""Faults between the decision and its effect: the rollback is carried out all the same, once, or rightly not at all."""

from lab import Rule, available
from lab.processes import wait_until
from lab.shop import Shop, update

from .lane import POLICY


def patch_of(lane, **fault):
    return Rule("PATCH", rf"/deployments/{lane.name}\?fieldManager=davy$", **fault)


def intents(lane):
    return [line for line in lane.guard.lines() if line.get("event") == "intent"]


def away_for_a_while(lane):
    """The API server is away when the verdict falls: decided and recorded, tried again ever more rarely, then done."""
    lane.watch(deadline="60s")
    lane.failing_release(Rule(times=None, drop="before"))
    lane.guard.wait_for("rolling back with kubernetes", 30)
    wait_until(lambda: len(lane.guard.said("again in")) >= 3, 20, "three failed attempts")
    waits = [float(line["message"].rpartition("again in ")[2].split()[0]) for line in lane.guard.said("again in")]
    assert waits == sorted(waits), waits
    lane.way.clear()
    report = lane.is_healed()
    assert len(intents(lane)) == 1 and report["actions"][0]["attempts"] >= 4, report["actions"]
    assert len(lane.undoes()) == 1


def away_and_overtaken(lane):
    """It comes back, and somebody has deployed a newer version meanwhile: that is looked at first, and left alone."""
    lane.watch(deadline="60s")
    lane.failing_release(Rule(times=None, drop="before"))
    lane.guard.wait_for("again in", 30)
    lane.update(error_share=0)
    lane.api.wait_for(lane.where, lambda thing:
                      thing["status"].get("observedGeneration") == thing["metadata"]["generation"])
    lane.way.clear()
    report = lane.guard.wait_for_report()
    assert report["end"] == "superseded", report
    assert not lane.undoes() and lane.image() == f"example-service:{lane.version}", lane.image()


def answer_is_lost(lane):
    """The patch is applied and its answer lost: one look shows that it was ours, and nothing is sent again."""
    lane.watch()
    lane.failing_release(patch_of(lane, drop="after"))
    report = lane.is_healed()
    assert len(lane.undoes()) == 1, lane.undoes()
    assert report["actions"][0]["answer"] == "done before, by this same action", report["actions"]


def refused_now_and_then(lane):
    """409, 429 with Retry-After, 429 without, 503, 500 and 401 on the way to one effective patch."""
    statuses = [(409, {}), (429, {"Retry-After": "2"}), (429, {}), (503, {}), (500, {}), (401, {})]
    lane.watch(deadline="60s")
    lane.failing_release(*[patch_of(lane, status=status, headers=headers) for status, headers in statuses])
    report = lane.is_healed()
    patches = lane.way.seen("PATCH", rf"/deployments/{lane.name}\?fieldManager=davy$")[-7:]
    assert [one.status for one in patches] == [*(status for status, _ in statuses), 200], patches
    assert patches[2].at - patches[1].at >= 2, "Retry-After was not honoured"
    assert 0.2 < patches[3].at - patches[2].at < 2, "without Retry-After the pauses are our own"
    assert patches[1].at - patches[0].at < 1 and patches[6].at - patches[5].at < 1, "409 and 401 need no pause"
    assert report["actions"][0]["attempts"] == 5, report["actions"]


def deleted_before_the_act(lane):
    """The Deployment is deleted between the verdict and the patch: there is nothing left to roll back."""
    lane.watch()
    lane.failing_release(patch_of(lane, delay_s=1.5))
    lane.guard.wait_for("rolling back with kubernetes", 30)
    lane.api.delete(lane.where)
    report = lane.guard.wait_for_report()
    assert report["end"] == "healed", report
    assert "is gone: nothing is left to roll back" in report["actions"][0]["answer"], report["actions"]
    assert not lane.undoes()


def scaled_meanwhile(lane):
    """An autoscaler adds a replica between the look and the patch: the undo works, and leaves the number alone."""
    lane.watch()
    lane.failing_release(patch_of(lane, delay_s=1.5))
    lane.guard.wait_for("rolling back with kubernetes", 30)
    lane.api.patch(lane.where + "/scale", {"spec": {"replicas": 4}})
    lane.is_healed()
    lane.api.wait_for(lane.where, available(4))
    assert len(lane.undoes()) == 1


def old_pods_never_come_up(lane):
    """The rollback is taken, and the old version's pods never become ready: a human is told that it did not work."""
    lane.watch(verify_for="6s")
    # Known before anything happens: what else runs version 1 from here on was brought back by the rollback.
    known = {pod["metadata"]["uid"] for pod in lane.pods()}
    hold = lambda pod: (pod["metadata"]["labels"].get("app") == lane.name and pod["metadata"]["uid"] not in known
                        and pod["spec"]["containers"][0]["image"] == "example-service:1")
    lane.holds.rules.append(hold)
    try:
        lane.failing_release()
        report = lane.guard.wait_for_report()
    finally:
        lane.holds.rules.remove(hold)
    assert report["end"] == "needs_human", report
    assert "the rollback could not be verified" in report["sentence"], report["sentence"]
    assert len(lane.undoes()) == 1


def slow_server_and_a_lease(lane):
    """Every call on Deployments takes 20 s: the lease is renewed, judging goes on, and the rollback is made in the
    end."""
    lane.watch(flags=("--leader-elect", "--lease-namespace", "shop"), deadline="90s", window="120s")
    lane.guard.wait_for("leading as", 20)
    lane.settle()
    lane.way.add(Rule(path="/deployments", times=None, delay_s=20))
    lane.update()
    lane.guard.wait_for("rolling back with kubernetes", 25)  # one arming that fails for 10 s, and no more
    lane.way.clear()
    lane.is_healed()
    renewals = [one.at for one in lane.way.seen("PUT", f"/leases/davy-{lane.name}") if one.status == 200]
    gaps = [later - earlier for earlier, later in zip(renewals, renewals[1:])]
    print(f"  K28: {len(renewals)} renewals, at most {max(gaps):.1f} s apart", flush=True)
    assert max(gaps) < 5 and not lane.guard.said("stepping down"), gaps
    assert len(lane.undoes()) == 1


def two_policies_and_a_throttled_server(lane):
    """Two services of one process fail at once, and the server answers 429 now and then: both are healed."""
    other = "gifts"
    policy = lane.plane.directory / "gifts.yaml"
    policy.write_text(POLICY.format(name=other, undo="last_good", window="60s", deadline="60s", verify_for="20s",
                                    then=""))
    with Shop(lane.plane, rate=100, name=other, replicas=2) as shop:
        guard = lane.watch(deadline="60s", more_policies=[policy])
        lane.settle()
        wait_until(lambda: lane.way.seen("GET", f"/deployments.*{other}.*watch=1|/deployments.*watch=1.*{other}"), 20,
                   "both to be watched")
        throttled = [Rule(path="/apis/apps", times=1, status=429, headers={"Retry-After": "1"}) for _ in range(4)]
        lane.update()
        update(lane.plane, 2, other, ERROR_SHARE=0.6)
        guard.wait_for("warming_up -> watching", 30)
        for rule in throttled:
            lane.way.add(rule)
        reports = [guard.wait_for_report(count) for count in (1, 2)]
        assert [report["end"] for report in reports] == ["healed"] * 2, reports
        assert {report["service"] for report in reports} == {lane.name, other}, reports
        assert all(rule.used for rule in throttled)
        wait_until(lambda: available(2)(lane.api.get(shop.where)), 20, "the other to be restored")
