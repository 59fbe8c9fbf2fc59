#!/usr/bin/env python3
"""The CI integrations of examples/ci: the shell that each file holds, with its inputs substituted the way that system
does it, runs with the real binary against a good and a bad canary. Usage: ci_test.py DAVY EXAMPLES [NAME...]."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gate"))

import readers  # noqa: E402
from town import Target, Town  # noqa: E402

HARMLESS = {k: v for k, v in os.environ.items()
            if k not in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}


def run(davy, town, command, environment, shell=("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")):
    """As a runner does: in the job's folder, with davy in the PATH."""
    path = os.path.dirname(os.path.abspath(davy)) + ":" + os.environ["PATH"]
    return subprocess.run([*shell, command], cwd=town.directory, env={**HARMLESS, "PATH": path, **environment},
                          capture_output=True, text=True, timeout=60)


def canaries():
    """(town, exit code, verdict) of a good and of a bad canary."""
    for share, code, verdict in [(0.004, 0, "pass"), (0.3, 10, "fail")]:
        with Town(Target(share)) as town:
            town.policy(window="3s")
            yield town, code, verdict


def load(yaml, path, documents=False):
    text = path.read_text()
    return list(yaml.safe_load_all(text)) if documents else yaml.safe_load(text)


def github(davy, examples, yaml):
    action = load(yaml, examples / "github" / "action.yml")
    step = action["runs"]["steps"][0]
    assert action["runs"]["using"] == "composite" and step["shell"] == "bash"
    assert "${{" not in step["run"], "inputs reach the shell as variables only"

    def environment(given):
        inputs = {name: given.get(name, spec.get("default", "")) for name, spec in action["inputs"].items()}
        for name, spec in action["inputs"].items():
            assert name in given or not spec.get("required"), name
        return {name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: inputs[m.group(1)], value)
                for name, value in step["env"].items()}

    for town, code, verdict in canaries():
        files = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_STEP_SUMMARY": f"{town.directory}/summary",
                 "GITHUB_OUTPUT": f"{town.directory}/outputs"}
        ran = run(davy, town, step["run"], {**environment({
            "policy": "policy.yaml", "revision": "4f2c\"; touch forged; \"", "timeout": "1m",
            "args": "--release r1"}), **files})
        assert ran.returncode == code, ran.stderr
        assert not (town.directory / "forged").exists()
        kinds = [kind for kind, _, _ in readers.annotations(
            "".join(line + "\n" for line in ran.stderr.splitlines() if line.startswith("::")))]
        assert kinds == (["notice"] if code == 0 else ["error"]), kinds
        outputs = readers.assignments((town.directory / "outputs").read_text())
        read = {name: re.fullmatch(r"\$\{\{ steps\.gate\.outputs\.(\w+) \}\}", spec["value"]).group(1)
                for name, spec in action["outputs"].items()}
        assert outputs[read["verdict"]] == verdict and outputs[read["exit-code"]] == str(code), outputs
        assert (town.directory / outputs[read["report"]]).exists()
        _, properties = readers.junit(town.directory / "davy-report" / "junit.xml")
        assert properties["release"] == "r1" and "touch forged" in properties["revision"], properties
        readers.markdown((town.directory / "summary").read_text())


def gitlab(davy, examples, yaml):
    path = examples / "gitlab" / "davy-gate.yml"
    header, _, body = path.read_text().partition("\n---\n")
    inputs = yaml.safe_load(header)["spec"]["inputs"]
    given = {"policy": "policy.yaml"}
    for name, spec in inputs.items():
        assert name in given or "default" in (spec or {}), f"{name} is required"
        given.setdefault(name, (spec or {}).get("default"))
    used = set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", body))
    assert used == set(inputs), "every input is used, and none that does not exist"
    body = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda m: str(given[m.group(1)]), body)
    (job,) = yaml.safe_load(body).values()
    assert job["allow_failure"]["exit_codes"] == [11]
    for town, code, verdict in canaries():
        ran = run(davy, town, "\n".join(job["script"]), {**job["variables"], "GITLAB_CI": "true", "CI": "true",
                                                         "CI_COMMIT_SHA": "4f2c"})
        assert ran.returncode == code, ran.stderr
        assert "section_start" in ran.stdout
        cases, properties = readers.junit(town.directory / job["artifacts"]["reports"]["junit"])
        assert properties["revision"] == "4f2c"
        assert cases["verdict"][0] == (None if code == 0 else "failure")
        variables = readers.assignments((town.directory / job["artifacts"]["reports"]["dotenv"]).read_text())
        assert variables["DAVY_VERDICT"] == verdict


def jenkins(davy, examples, _yaml):
    text = (examples / "jenkins" / "Jenkinsfile").read_text()
    (script,) = re.findall(r"script: '''\n(.*?)'''", text, re.S)  # single quotes: Groovy substitutes nothing
    for quote in ("{}", "()"):
        assert text.count(quote[0]) == text.count(quote[1]), f"unbalanced {quote}"
    junit = re.search(r"junit '([^']+)'", text).group(1)
    for town, code, _ in canaries():
        ran = run(davy, town, script, {"POLICY": "policy.yaml", "GIT_COMMIT": "4f2c"}, shell=("sh", "-xec"))
        assert ran.returncode == code, ran.stderr
        readers.junit(town.directory / junit)


def tekton(davy, examples, yaml):
    task = load(yaml, examples / "tekton" / "task.yaml")
    assert task["apiVersion"] == "tekton.dev/v1" and task["kind"] == "Task"
    spec = task["spec"]
    (step,) = spec["steps"]
    assert step["script"].startswith("#!/bin/sh\n") and "$(" not in step["script"], "substitution only in env"
    for town, code, verdict in canaries():
        values = {"params." + p["name"]: p.get("default", "") for p in spec["params"]}
        values["params.policy"] = "policy.yaml"
        values["workspaces.source.path"] = str(town.directory)
        values.update({f"results.{r['name']}.path": f"{town.directory}/result-{r['name']}" for r in spec["results"]})

        def substituted(text):
            return re.sub(r"\$\(([\w.]+)\)", lambda m: values[m.group(1)], text)

        environment = {e["name"]: substituted(e["value"]) for e in step["env"]}
        assert substituted(step["workingDir"]) == str(town.directory)
        ran = run(davy, town, step["script"], environment, shell=("sh", "-c"))
        assert ran.returncode == code, ran.stderr
        assert (town.directory / "result-verdict").read_text() == verdict


def argo(davy, examples, yaml):
    template = load(yaml, examples / "argo" / "analysistemplate.yaml")
    assert template["apiVersion"] == "argoproj.io/v1alpha1" and template["kind"] == "AnalysisTemplate"
    names = {arg["name"] for arg in template["spec"]["args"]}
    (metric,) = template["spec"]["metrics"]
    job = metric["provider"]["job"]["spec"]
    assert job["backoffLimit"] == 0 and metric["failureLimit"] == 0, "a verdict is not tried again"
    pod = job["template"]["spec"]
    assert pod["restartPolicy"] == "Never" and pod["securityContext"]["runAsNonRoot"]
    (container,) = pod["containers"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    used = set(re.findall(r"\{\{args\.([\w-]+)\}\}", str(metric)))
    assert used == names, (used, names)
    for town, code, _ in canaries():
        arguments = [a.replace("{{args.revision}}", "4f2c").replace("/etc/davy/policy.yaml", "policy.yaml")
                     for a in container["args"]]
        ran = subprocess.run([os.path.abspath(davy), *arguments], cwd=town.directory, env=HARMLESS,
                             capture_output=True, text=True, timeout=60)
        assert ran.returncode == code, ran.stderr
        assert readers.ndjson(ran.stdout)[-1]["revision"] == "4f2c"


TESTS = [github, gitlab, jenkins, tekton, argo]


def main():
    davy, examples, *names = sys.argv[1:]
    try:
        import yaml
    except ImportError:
        print("skipped: python3-yaml is not installed; ./scripts/setup installs it")
        return 77
    for program in ("xmllint", "cmark-gfm"):
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed; ./scripts/setup installs it")
            return 77
    failed = 0
    for test in TESTS:
        if names and test.__name__ not in names:
            continue
        began, result = time.monotonic(), "passed"
        try:
            test(davy, pathlib.Path(examples), yaml)
        except Exception:
            traceback.print_exc()
            failed, result = failed + 1, "FAILED"
        print(f"{test.__name__}: {result} in {time.monotonic() - began:.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
