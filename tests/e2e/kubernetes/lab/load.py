"""Requests at a steady rate to the ready pods of a Service, one after the other, from a process of its own.

The endpoints are what the endpoints controller would say: pods that the Service's selector names, that are ready and
have no deletion timestamp. A change of the selector is followed, too."""

import asyncio
import json
import pathlib
import subprocess
import sys
import threading
import time

if __package__:
    from .api import Api, ApiError, path
    from .processes import PYTHON
else:  # run as the process that sends
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    from lab.api import Api, ApiError, path

REFRESH_S = 0.1
TIMEOUT_S = 10


class Load:
    """A context manager; report() may be asked at any time, set_rate() changes the rate."""

    def __init__(self, plane, namespace, service, rate, where="/work"):
        self.processes = plane.processes
        settings = {"server": plane.server, "token": plane.admin_token, "ca_file": str(plane.ca_file),
                    "namespace": namespace, "service": service, "rate": rate, "where": where}
        self.command = [*PYTHON, __file__, json.dumps(settings)]
        self.name = f"load_{namespace}_{service}"

    def __enter__(self):
        self.process = self.processes.start(self.name, self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            text=True)
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.processes.stop(self.process)
        self.process.stdout.close()

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def report(self):
        """A dictionary: sent, good, bad (a status from 500 on), broken (no answer), late (skipped because the sender
        fell behind), seconds, first_bad (the time.time() of the first bad or broken one, or None), first_bad_pod, and
        pods: by name good, bad, broken, first and last."""
        return self.ask({"report": True})

    def set_rate(self, rate):
        return self.ask({"rate": rate})


class Sender:
    def __init__(self, settings):
        self.settings = settings
        self.api = Api(settings["server"], settings["token"], settings["ca_file"])
        self.rate = settings["rate"]
        self.endpoints = []  # (pod name, address, port)
        self.idle = {}  # (address, port) -> kept-alive connections
        self.pods, self.late, self.sent = {}, 0, 0
        self.first_bad, self.first_bad_pod = None, None
        self.began = time.monotonic()

    def refresh_forever(self):
        while True:
            try:
                self.endpoints = self.read_endpoints()
            except (OSError, ApiError, ValueError) as error:
                print(f"endpoints: {error}", file=sys.stderr, flush=True)
            time.sleep(REFRESH_S)

    def read_endpoints(self):
        service = self.api.get(path("services", self.settings["namespace"], self.settings["service"]))
        wanted = ",".join(f"{key}={value}" for key, value in service["spec"]["selector"].items())
        pods = self.api.list(path("pods", self.settings["namespace"]), labelSelector=wanted, resourceVersion="0")
        target = service["spec"]["ports"][0].get("targetPort")
        return [(pod["metadata"]["name"], pod["status"]["podIP"], port_of(pod, target))
                for pod in pods if is_ready(pod)]

    async def send_forever(self):
        due, turn = time.monotonic(), 0
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due += 1 / self.rate
            if time.monotonic() - due > 1:  # the machine was busy: the rate is not made up for in a burst
                self.late += int((time.monotonic() - due) * self.rate)
                due = time.monotonic()
            if self.endpoints:
                turn += 1
                self.sent += 1
                asyncio.ensure_future(self.send(*self.endpoints[turn % len(self.endpoints)]))

    async def send(self, pod, address, port):
        try:
            status = await asyncio.wait_for(self.exchange(address, port), TIMEOUT_S)
            outcome = "good" if status < 500 else "bad"
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError, IndexError):
            outcome = "broken"
        numbers = self.pods.setdefault(pod, {"good": 0, "bad": 0, "broken": 0, "first": time.time()})
        numbers[outcome] += 1
        numbers["last"] = time.time()
        if outcome != "good" and self.first_bad is None:
            self.first_bad, self.first_bad_pod = time.time(), pod

    async def exchange(self, address, port):
        idle = self.idle.setdefault((address, port), [])
        while idle:
            reader, writer = idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                break
            writer.close()
        else:
            reader, writer = await asyncio.open_connection(address, port)
        try:
            writer.write(f"GET {self.settings['where']} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            await reader.readexactly(int(length))
        except BaseException:
            writer.close()
            raise
        idle.append((reader, writer))
        return int(head.split(b" ", 2)[1])

    def report(self):
        totals = {outcome: sum(pod[outcome] for pod in self.pods.values()) for outcome in ("good", "bad", "broken")}
        return {"sent": self.sent, **totals, "late": self.late, "seconds": time.monotonic() - self.began,
                "first_bad": self.first_bad, "first_bad_pod": self.first_bad_pod, "pods": self.pods}

    async def answer_forever(self):
        """Questions come one a line on the standard input; its end is ours."""
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            question = json.loads(line)
            self.rate = question.get("rate", self.rate)
            print(json.dumps(self.report()), flush=True)

    async def run(self):
        threading.Thread(target=self.refresh_forever, daemon=True).start()
        sending = asyncio.ensure_future(self.send_forever())
        await self.answer_forever()
        sending.cancel()


def is_ready(pod):
    conditions = pod.get("status", {}).get("conditions", [])
    return "deletionTimestamp" not in pod["metadata"] and pod["status"].get("podIP") and any(
        one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def port_of(pod, target):
    if isinstance(target, int):
        return target
    return next(port["containerPort"] for container in pod["spec"]["containers"] for port in container.get("ports", [])
                if port.get("name") == target)


if __name__ == "__main__":
    asyncio.run(Sender(json.loads(sys.argv[1])).run())
