"""A front of the API server that forwards everything, watches included, and breaks what it is told to break.

    with FaultProxy(plane) as proxy:
        proxy.add(Rule("PATCH", "deployments/checkout", drop="after"))  # applied, but nobody hears of it

A token goes through as it is. The proxy's certificate is signed by the plane's authority, so that its CA file does for
both; another authority can be given or, with present(), be taken up for new connections."""

import contextlib
import dataclasses
import http.client
import http.server
import json
import re
import socket
import socketserver
import ssl
import struct
import threading
import time
import typing

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade", "te", "trailer"}
ISSUING = threading.Lock()
GONE = {"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                                    "message": "too old resource version", "reason": "Expired", "code": 410}}


def half(body):
    """Cuts JSON where it hurts; for Rule(change=half)."""
    return body[:len(body) // 2]


def padded(megabytes):
    """Blanks before the JSON, which stays valid; for Rule(change=padded(50))."""
    return lambda body: b" " * (megabytes << 20) + body


@dataclasses.dataclass
class Rule:
    """What happens to requests whose method and target match. Delay comes first and goes together with all others."""

    method: str = ".*"  # regular expressions: the whole method, any part of path?query
    path: str = ".*"
    times: typing.Optional[int] = 1  # None: always
    delay_s: float = 0
    status: int = 0  # answer this and forward nothing
    body: typing.Union[bytes, str, dict] = b""
    headers: dict = dataclasses.field(default_factory=dict)
    drop: str = ""  # reset the connection "before" or "after" forwarding
    change: typing.Optional[typing.Callable] = None  # forward, then change the answer's body
    watch: str = ""  # of a watch, when after_events events have passed: "cut" one in half, say "gone" or "stall"
    after_events: int = 0
    used: int = 0  # how often it was

    def matches(self, method, target):
        return ((self.times is None or self.used < self.times) and re.fullmatch(self.method, method)
                and re.search(self.path, target) and (not self.watch or "watch=" in target))


@dataclasses.dataclass
class Seen:
    """A request that came, and what was forwarded and answered: status 0 as long as nothing was."""

    method: str
    target: str
    at: float
    body: bytes
    forwarded: bool = False
    status: int = 0


class FaultProxy:
    """A context manager. `server` and `ca_file` are for clients, `host` and `port` for Kubelet(by_way_of=...)."""

    host = "127.0.0.1"

    def __init__(self, plane, tls=True, authority=None):
        self.upstream = plane
        self.upstream_tls = ssl.create_default_context(cafile=str(plane.ca_file))
        self.rules, self.requests, self.lock = [], [], threading.Lock()
        self.open = set()  # connections of clients
        self.tls, self.closing = None, threading.Event()
        if tls:
            self.present(authority or plane.authority)
        self.listener = Listener((self.host, 0), Handler)
        self.listener.proxy = self
        self.port = self.listener.server_port
        self.server = f"{'https' if tls else 'http'}://{self.host}:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.listener.serve_forever, args=(0.05,), name="fault proxy", daemon=True).start()
        return self

    def __exit__(self, *error):
        self.closing.set()
        self.listener.shutdown()
        self.listener.server_close()

    def present(self, authority):
        """New connections see a certificate of this authority."""
        self.ca_file = authority.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with ISSUING:  # the files have the same names for all proxies
            context.load_cert_chain(*authority.issue("proxy"))
        self.tls = context

    def cut(self):
        """Ends every connection that is open, watches included."""
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def add(self, rule):
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self):
        with self.lock:
            self.rules.clear()

    def seen(self, method=".*", path=".*"):
        """The requests that came, oldest first."""
        with self.lock:
            return [one for one in self.requests if re.fullmatch(method, one.method) and re.search(path, one.target)]

    def take(self, method, target, body):
        """Writes a request down; the first rule that matches is used up by one."""
        with self.lock:
            seen = Seen(method, target, time.time(), body)
            self.requests.append(seen)
            rule = next((rule for rule in self.rules if rule.matches(method, target)), Rule())
            rule.used += 1
            return seen, rule


class Listener(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads, block_on_close, request_queue_size = True, False, 64

    def shutdown_request(self, request):
        request.close()  # without a farewell, so that a reset is a reset

    def handle_error(self, request, client_address):
        pass  # clients that go away or mistrust the certificate are what the tests are about


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        self.proxy = self.server.proxy
        if self.proxy.tls:  # here and not where it is accepted: a handshake that hangs must not stop others
            self.request = self.proxy.tls.wrap_socket(self.request, server_side=True)
        with self.proxy.lock:
            self.proxy.open.add(self.request)
        super().setup()

    def finish(self):
        super().finish()
        with self.proxy.lock:
            self.proxy.open.discard(self.request)
        self.request.close()

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen, rule = self.proxy.take(self.command, self.path, body)
        self.proxy.closing.wait(rule.delay_s)
        if rule.drop == "before":
            return self.reset()
        if rule.status:
            return self.answer(rule.status, rule.headers, encoded(rule.body))
        connection = http.client.HTTPSConnection("127.0.0.1", self.proxy.upstream.port, context=self.proxy.upstream_tls)
        try:
            self.forward(connection, body, rule)
        except (http.client.HTTPException, ConnectionError):
            self.reset()  # whichever side broke, the other one learns of it
        finally:
            connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def forward(self, connection, body, rule):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        self.seen.forwarded = True
        if rule.drop == "after":
            answer.read()
            return self.reset()
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        if answer.chunked and "watch=" in self.path and answer.status == 200:
            return self.stream(answer, headers, rule)
        content = answer.read()
        self.answer(answer.status, headers, rule.change(content) if rule.change else content)

    def answer(self, status, headers, content):
        self.seen.status = status
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def stream(self, answer, headers, rule):
        """A watch, an event a line."""
        self.seen.status = answer.status
        self.send_response_only(answer.status)
        for name, value in {**headers, "Transfer-Encoding": "chunked"}.items():
            self.send_header(name, value)
        self.end_headers()
        events = 0
        while True:
            if rule.watch and events == rule.after_events:
                return self.spoil(answer, rule.watch)
            line = answer.readline()
            if not line:
                break
            self.chunk(line)
            events += 1
        self.chunk(b"")

    def spoil(self, answer, how):
        if how == "gone":
            self.chunk(json.dumps(GONE).encode() + b"\n")
            return self.chunk(b"")
        if how == "cut":
            self.chunk(half(answer.readline()))
            return self.reset()
        assert how == "stall", how
        self.proxy.closing.wait(3600)  # connected, alive and silent, as behind a lost NAT entry

    def chunk(self, content):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self.wfile.flush()

    def reset(self):
        """Closes at once and unclean: the client gets ECONNRESET."""
        self.close_connection = True
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *arguments):
        pass


def encoded(body):
    body = json.dumps(body) if isinstance(body, dict) else body
    return body.encode() if isinstance(body, str) else body
