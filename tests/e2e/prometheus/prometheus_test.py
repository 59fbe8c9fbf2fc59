#!/usr/bin/env python3
"""The real binary with a real server of Prometheus' query API: a bad canary is rolled back, a good one passes, a query is
a check, a wrong query is found at the start, and a server that is killed in the middle of a window is never the canary's
fault. Usage: prometheus_test.py DAVY prometheus|victoria-metrics. Exit code 77: skipped, and why."""

import json
import pathlib
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "kubernetes")]

from lab.processes import Processes, wait_until  # noqa: E402
from servers import Server, missing  # noqa: E402
from shop import Shop, Town  # noqa: E402

POLICY = """
version: davy/v1
service: {name}
canary:
  prometheus: {{url: {url}}}
  where: '{{job="{name}",version="new"}}'
baseline:
  prometheus: {{url: {url}}}
  where: '{{job="{name}",version="old"}}'
min_targets: {{canary: 1, baseline: 2}}
scrape: {{interval: 500ms, timeout: 450ms}}
window: {window}
warmup: 1s
on_blind: {{after: 1s}}
checks:
{checks}
rollback:
  - http: {{url: {deploys}/{name}}}
guard_rails: {{deadline: 10s, verify_for: 10s}}
"""
ERRORS = """
  - name: errors
    ratio: {errors: 'http_requests_total{code=~"5.."}', total: http_requests_total}
    max: 10%
    max_increase: 100%
    ignore_increase_below: 1pp
"""
LATENCY = """
  - name: latency
    latency: {histogram: http_request_duration_seconds, quantile: p90}
    max: 500ms
"""
QUERY = """
  - name: failures
    promql:
      canary: 'sum(rate(http_requests_total{job="JOB",version="new",code="500"}[4s]))'
      baseline: 'sum(rate(http_requests_total{job="JOB",version="old",code="500"}[4s]))'
    max: 5/s
    confirmations: 3
"""
MISTAKE = """
  - name: failures
    promql: {canary: 'sum(rate(http_requests_total[4s])'}
    max: 5/s
"""


class Gate:
    """`davy gate` on one shop, in the background."""

    def __init__(self, davy, processes, server, town, name, checks, window="10s"):
        self.directory = processes.directory / f"gate-{name}"
        self.directory.mkdir()
        self.log = processes.logs / f"davy-{name}.log"
        policy = self.directory / "policy.yaml"
        policy.write_text(POLICY.format(name=name, url=server.url, checks=checks.replace("JOB", name), window=window,
                                        deploys=town.deploy_api))
        self.processes = processes
        self.process = processes.start(f"davy-{name}", [davy, "gate", policy, "--log", "json",
                                                        "--report-dir", self.directory])

    def said(self, text):
        return text in self.log.read_text(errors="replace")

    def wait_for(self, text, timeout_s):
        wait_until(lambda: self.said(text) or self.process.poll() is not None, timeout_s, f"davy to say '{text}'")
        assert self.said(text), f"davy ended with {self.process.returncode} and never said '{text}'"

    def end(self, timeout_s=60):
        code = self.process.wait(timeout_s)
        self.processes.ended(self.process)
        return code

    def report(self):
        return json.loads(next(self.directory.glob("*.json")).read_text())


def bad_good_and_queries(davy, processes, server, town):
    """Side by side: they do not disturb one another."""
    gates = {name: Gate(davy, processes, server, town, name, checks, window="20s")
             for name, checks in (("bad", ERRORS + LATENCY), ("good", ERRORS + LATENCY), ("query", QUERY))}
    mistake = Gate(davy, processes, server, town, "mistake", MISTAKE)
    codes = {name: gate.end() for name, gate in gates.items()}
    assert codes == {"bad": 10, "good": 0, "query": 10}, codes
    bad = gates["bad"].report()
    assert bad["end"] == "healed" and town.shops["bad"].rollbacks == 1, bad["end"]
    errors = next(check for check in bad["checks"] if check["name"] == "errors")
    assert 0.2 < errors["canary"]["value"] < 0.4 and errors["canary"]["samples"] > 50, errors
    assert errors["baseline"]["samples"] > errors["canary"]["samples"], errors
    print(f"bad: {bad['sentence']}\n     {errors['sentence']}")
    print(f"     seen after {bad['detected_s']:.1f} s, recovered after {bad['recovered_s']:.1f} s")
    good = gates["good"].report()
    assert good["end"] == "passed" and town.shops["good"].rollbacks == 0, good["end"]
    latency = next(check for check in good["checks"] if check["name"] == "latency")
    assert latency["canary"]["samples"] > 100, latency
    print(f"good: {good['sentence']}")
    query = gates["query"].report()
    assert query["end"] == "healed" and town.shops["query"].rollbacks == 1, query["end"]
    print(f"query: {query['checks'][0]['sentence']}")
    assert mistake.end() == 3 and mistake.said("correct the query in the policy"), mistake.log.read_text()
    judged_again(davy, gates, processes.directory)
    print("mistake: " + mistake.log.read_text().strip().splitlines()[0][:300])


def judged_again(davy, gates, folder):
    """What the server remembers of those releases gives the same decisions."""
    for name, decision in (("bad", "roll back"), ("good", "pass"), ("query", "roll back")):
        report = gates[name].report()
        deploys = folder / f"{name}-deploys.yaml"
        deploys.write_text(f"deploys:\n  - {{release: {name}, at: '{report['deployed_at']}'}}\n")
        began = time.monotonic()
        ran = subprocess.run([davy, "replay", gates[name].directory / "policy.yaml", "--deploys", deploys,
                              "--output", "json"], stdout=subprocess.PIPE, text=True, timeout=60)
        assert ran.returncode == 0, (name, ran)
        release, = json.loads(ran.stdout)["releases"]
        print(f"{name} from the past, in {time.monotonic() - began:.1f} s: {release['decision']}: {release['sentence']}")
        assert release["decision"] == decision, release
        if decision == "roll back":
            assert abs(release["detected_s"] - report["detected_s"]) < 3, (release["detected_s"], report["detected_s"])


def killed_in_the_middle(davy, processes, server, town):
    gate = Gate(davy, processes, server, town, "killed", ERRORS, window="40s")
    time.sleep(3)
    assert gate.process.poll() is None, "it ended before anything happened"
    server.kill()
    gate.wait_for("-> holding", 15)
    time.sleep(2)
    assert town.shops["killed"].rollbacks == 0 and gate.process.poll() is None
    server.start()
    wait_until(lambda: server.ask("time()"), 20, "the server to be back")
    time.sleep(2)
    assert gate.process.poll() is None and "cannot see" in gate.log.read_text()
    assert town.shops["killed"].rollbacks == 0, "blindness was taken for guilt"
    town.shops["killed"].fail(0.4)
    assert gate.end() == 10
    report = gate.report()
    assert report["end"] == "healed" and town.shops["killed"].rollbacks == 1, report["end"]
    assert report["onset_s"] > 3, report
    print(f"killed: held while nobody answered, then {report['sentence']}")


def main():
    davy, kind = sys.argv[1:3]
    if missing(kind):
        print(f"skipped: {kind} is not installed; scripts/setup installs it")
        return 77
    processes = Processes()
    try:
        shops = [Shop("bad", processes, 0.3), Shop("good", processes), Shop("query", processes, 0.3),
                 Shop("killed", processes)]
        jobs = {shop.name: shop.instances() for shop in shops}
        began = time.monotonic()
        with Server(kind, processes, jobs) as server, Town(shops) as town:
            server.wait_for_scrapes(12)
            time.sleep(3)  # something to look back at
            bad_good_and_queries(davy, processes, server, town)
            killed_in_the_middle(davy, processes, server, town)
        print(f"{kind}: {time.monotonic() - began:.0f} s")
    except BaseException:
        print(processes.tails())
        raise
    finally:
        processes.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
