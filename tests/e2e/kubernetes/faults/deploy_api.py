"""Faults that no patience cures: the next action of the plan is tried at once, and the log says what was wrong."""

from lab import Rule, available
from lab.api import ApiError
from lab.processes import wait_until
from lab.rights import READING, given_rights, rules
from lab.shop import image

from .lane import REPLICAS


def failed_actions(lane):
    return [line["message"] for line in lane.guard.lines() if line.get("event") == "action_failed"]


def token_is_refused(lane):
    """401 for ever: one more look at the token, then the next action."""
    lane.watch(by_hand=True)
    lane.failing_release(Rule(path=f"/deployments/{lane.name}", times=None, status=401))
    wait_until(lane.by_hand.exists, 40, "the next action")
    lane.way.clear()
    report = lane.is_healed_by_hand()
    assert report["actions"][0]["attempts"] == 1, report["actions"]
    assert "does not take Davy's token" in failed_actions(lane)[0], failed_actions(lane)


def right_is_missing(lane):
    """403 on the patch: told at arming, not tried again, and the message names the verb and the resource."""
    reader = given_rights(lane.plane, f"{lane.name}-reader", rules(lane.name, *READING), server=lane.way.server,
                          ca_file=lane.way.ca_file)
    lane.watch(by_hand=True, kubeconfig=reader)
    lane.failing_release()
    report = lane.is_healed_by_hand()
    assert lane.guard.said(f"not permitted: patch deployments.apps {lane.name} in shop"), lane.guard.lines()
    assert report["actions"][0]["attempts"] == 1, report["actions"]
    assert 'cannot patch resource "deployments"' in failed_actions(lane)[0], failed_actions(lane)


class Denial:
    """A context manager: an admission policy that lets no rollback of one Deployment through."""

    def __init__(self, lane, message):
        self.api, self.name, self.message = lane.api, f"no-changes-to-{lane.name}", message
        self.deployment = lane.name

    def __enter__(self):
        admission = "admissionregistration.k8s.io/v1"
        rule = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["deployments"],
                "resourceNames": [self.deployment]}
        decision = "metadata.?annotations[?'davy/decision'].orValue('')"
        self.api.apply({"apiVersion": admission, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": self.name},
                        "spec": {"failurePolicy": "Fail", "matchConstraints": {"resourceRules": [rule]},
                                 "validations": [{"expression": f"object.{decision} == oldObject.{decision}",
                                                  "message": self.message}]}})
        self.api.apply({"apiVersion": admission, "kind": "ValidatingAdmissionPolicyBinding",
                        "metadata": {"name": self.name},
                        "spec": {"policyName": self.name, "validationActions": ["Deny"]}})
        return self

    def __exit__(self, *error):
        for plural in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            self.api.delete(f"/apis/admissionregistration.k8s.io/v1/{plural}/{self.name}")

    def is_in_force(self, where):
        try:
            self.api.patch(where, {"metadata": {"annotations": {"davy/decision": "probe"}}}, dryRun="All")
            return False
        except ApiError as error:
            return self.message in str(error)


def admission_denies(lane):
    """The rehearsal at arming finds the admission policy, and its reason is shown word for word but harmless."""
    with Denial(lane, "no changes on Friday, \x1b[31mask ops") as denial:
        wait_until(lambda: denial.is_in_force(lane.where), 30, "the admission policy to be in force")
        lane.watch(by_hand=True)
        lane.failing_release()
        report = lane.is_healed_by_hand()
        reason = r"denied request: no changes on Friday, \x1b[31mask ops"
        assert lane.guard.said("a rollback would be refused now") and lane.guard.said(reason), lane.guard.lines()
        assert reason in failed_actions(lane)[0], failed_actions(lane)
        assert report["actions"][0]["attempts"] == 1, report["actions"]


def paused_by_somebody(lane):
    """Somebody pauses the rollout half-way: told at arming, left to the next action."""
    lane.update()
    wait_until(lambda: any(image({"spec": {"template": pod}}) in lane.bad_images and is_ready(pod)
                           for pod in lane.pods()), 20, "a bad pod to serve")
    lane.api.patch(lane.where, {"spec": {"paused": True}})
    lane.watch(by_hand=True)
    report = lane.is_healed_by_hand()
    assert lane.guard.said("a rollback would be refused now") and lane.guard.said("is paused by somebody else")
    assert "is paused by somebody else; resume it" in failed_actions(lane)[0], failed_actions(lane)
    assert report["actions"][0]["attempts"] == 1 and not lane.undoes(), report["actions"]


def is_ready(pod):
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


def all_serving(lane):
    """The pods, when there are as many as there should be and none is on its way in or out."""
    pods = lane.pods()
    settled = all(is_ready(pod) and "deletionTimestamp" not in pod["metadata"] for pod in pods)
    return pods if settled and len(pods) == REPLICAS else None


def no_history(lane):
    """revisionHistoryLimit 0, and the version turns bad when the one before is gone for good."""
    lane.api.patch(lane.where, {"spec": {"revisionHistoryLimit": 0}})
    try:
        lane.watch(by_hand=True)
        lane.settle()
        lane.update(error_share=0)
        lane.api.wait_for(lane.where, available(REPLICAS))
        wait_until(lambda: len(lane.replica_sets()) == 1, 40, "the old ReplicaSets to be gone")
        for pod in wait_until(lambda: all_serving(lane), 40, "the new version alone"):
            lane.set_error_share(pod, 0.6)
        report = lane.is_healed_by_hand()
        assert "keeps no earlier revision to go back to; check revisionHistoryLimit" in failed_actions(lane)[0]
        assert report["actions"][0]["attempts"] == 1 and not lane.undoes(), report["actions"]
    finally:
        lane.api.patch(lane.where, {"spec": {"revisionHistoryLimit": 10}})


def previous_was_rolled_back(lane):
    """The previous version is one that was rolled back itself: refused, and a human has to choose."""
    serving = next(one for one in lane.replica_sets() if one["spec"]["replicas"])
    was_bad = serving["metadata"]["labels"]["pod-template-hash"]
    lane.api.patch(lane.where, {"metadata": {"annotations": {"davy/rolled-back": was_bad}}})
    lane.watch(undo="previous")
    lane.failing_release()
    report = lane.guard.wait_for_report()
    assert report["end"] == "needs_human", report
    assert lane.guard.said("a rollback would be refused now") and "was itself rolled back before" in report["sentence"]
    assert not lane.undoes()
