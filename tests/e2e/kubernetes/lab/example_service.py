"""A service to watch: HTTP on one address, with counters in the Prometheus text format.

GET /work    200, or 500 with probability ERROR_SHARE, after LATENCY seconds (give or take half)
GET /metrics http_requests_total{code}, http_request_duration_seconds, process_start_time_seconds
GET /healthz 200, or 503 while the process is stopping
GET /crash   ends the process with the exit code ?code=1, without an answer
GET /set     changes error_share or latency of the running process: /set?error_share=0.5

Settings come from the environment: HOST, PORT, ERROR_SHARE, LATENCY, START_DELAY seconds before it listens,
CRASH_AFTER seconds to its end, and STOP_DELAY seconds for which it still answers after SIGTERM, as a service does
whose callers have not heard yet.
A protocol over asyncio's bare transport, because hundreds of requests a second share two cores with all else."""

import asyncio
import bisect
import os
import random
import signal
import sys
import time
import urllib.parse

BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]
REASONS = {200: b"OK", 404: b"Not Found", 500: b"Internal Server Error", 503: b"Service Unavailable"}


class Numbers:
    def __init__(self):
        self.born = time.time()
        self.codes = {"200": 0, "500": 0}
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, code, seconds):
        self.codes[str(code)] += 1
        self.buckets[bisect.bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds

    def text(self):
        lines = ["# HELP http_requests_total Requests by status code.", "# TYPE http_requests_total counter"]
        lines += [f'http_requests_total{{code="{code}"}} {count}' for code, count in self.codes.items()]
        name, total = "http_request_duration_seconds", 0
        lines += [f"# HELP {name} Time to answer.", f"# TYPE {name} histogram"]
        for bound, count in zip([*BUCKETS, "+Inf"], self.buckets):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        lines += [f"{name}_sum {self.seconds:.6f}", f"{name}_count {total}",
                  "# HELP process_start_time_seconds When the process began.",
                  "# TYPE process_start_time_seconds gauge",
                  f"process_start_time_seconds {self.born:.3f}", ""]
        return "\n".join(lines).encode()


class Service:
    def __init__(self, environment):
        self.error_share = float(environment.get("ERROR_SHARE", 0))
        self.latency_s = float(environment.get("LATENCY", 0))
        self.stop_delay_s = float(environment.get("STOP_DELAY", 1))
        self.numbers = Numbers()
        self.stopping = False

    def route(self, connection, target):
        where, _, query = target.partition("?")
        if where == "/work":
            self.work(connection)
        elif where == "/metrics":
            connection.answer(200, self.numbers.text(), b"text/plain; version=0.0.4; charset=utf-8")
        elif where == "/healthz":
            connection.answer(503 if self.stopping else 200, b"")
        elif where == "/crash":
            os._exit(int(dict(urllib.parse.parse_qsl(query)).get("code", 1)))
        elif where == "/set":
            for name, value in urllib.parse.parse_qsl(query):
                setattr(self, {"error_share": "error_share", "latency": "latency_s"}[name], float(value))
            connection.answer(200, b"")
        else:
            connection.answer(404, b"")

    def work(self, connection):
        began = time.monotonic()
        code = 500 if random.random() < self.error_share else 200

        def finish():
            self.numbers.add(code, time.monotonic() - began)
            connection.answer(code, b"")

        if self.latency_s:
            connection.loop.call_later(self.latency_s * (0.5 + random.random()), finish)
        else:
            finish()

    def stop(self, loop):
        self.stopping = True
        loop.call_later(self.stop_delay_s, loop.stop)


class Connection(asyncio.Protocol):
    """One request at a time; one that comes before the last is answered waits."""

    def __init__(self, service, loop):
        self.service, self.loop = service, loop
        self.received, self.busy = b"", False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.received += data
        self.next_request()

    def next_request(self):
        end = -1 if self.busy else self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head, self.received = self.received[:end], self.received[end + 4:]
        self.busy = True
        self.close_after = b"connection: close" in head.lower()
        self.service.route(self, head.split(b" ", 2)[1].decode())

    def answer(self, code, body, content_type=b"text/plain"):
        self.transport.write(b"HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                             % (code, REASONS[code], content_type, len(body), body))
        self.busy = False
        if self.close_after:
            self.transport.close()
        else:
            self.next_request()


def main():
    environment = os.environ
    time.sleep(float(environment.get("START_DELAY", 0)))
    loop = asyncio.new_event_loop()
    service = Service(environment)
    port = int(environment.get("PORT", 8080))
    if "CRASH_AFTER" in environment:
        loop.call_later(float(environment["CRASH_AFTER"]), os._exit, 1)
    loop.run_until_complete(loop.create_server(lambda: Connection(service, loop), environment["HOST"], port))
    loop.add_signal_handler(signal.SIGTERM, service.stop, loop)
    loop.run_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
