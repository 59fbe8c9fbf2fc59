"""What holds after every fault, read from the log of Davy and from what went through to the API server."""

import json


def operations(request, op):
    """The values that the operations of a JSON patch have for the template."""
    return [one["value"] for one in json.loads(request.body) if one["op"] == op and one["path"] == "/spec/template"]


def undoes(way, name):
    """The patches of the template that got through, whether or not the answer came back."""
    patches = [one for one in way.seen("PATCH", rf"/deployments/{name}\?fieldManager=davy$") if one.body[:1] == b"["]
    got_through = [one for one in patches if one.forwarded and one.status in (0, 200)]
    return [one for one in got_through if operations(one, "replace")]


def decision(request):
    return next(one["value"] for one in json.loads(request.body) if one["path"].endswith("davy~1decision"))


def check(lines, way, name, judged_images):
    """I1, I2 and I3 of the fault list."""
    judged = set()
    for line in lines:
        judged |= {line["release"]} if line.get("event") == "verdict" else set()
        assert line.get("event") != "intent" or line["release"] in judged, f"acted without a verdict: {line}"
    effective = undoes(way, name)
    decisions = [decision(one) for one in effective]
    assert len(decisions) == len(set(decisions)), f"one decision, several changes: {decisions}"
    for one in effective:
        assert any(decision(one).startswith(release) for release in judged), (decision(one), judged)
        tested = [template["spec"]["containers"][0]["image"] for template in operations(one, "test")]
        assert tested and tested[0] in judged_images, f"changed {tested}, and {judged_images} were judged"
