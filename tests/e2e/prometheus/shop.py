"""Services with steady requests: one canary and two baselines a shop, and a deploy API that takes the canary out."""

import asyncio
import http.server
import os
import pathlib
import threading
import urllib.request

from lab.processes import PYTHON, free_port

SERVICE = pathlib.Path(__file__).resolve().parents[1] / "kubernetes" / "lab" / "example_service.py"
RATE = 60  # requests a second and instance


class Shop:
    """Its canary fails from the start with this share of its requests."""

    taken = set()  # ports that are free only because their service has not begun yet

    def __init__(self, name, processes, error_share=0.0):
        self.name = name
        self.canary, *self.baseline = [self.own_port() for _ in range(3)]
        self.serving = {self.canary, *self.baseline}
        self.processes = [processes.start(f"{name}-{port}", [*PYTHON, SERVICE], {
            **os.environ, "HOST": "127.0.0.1", "PORT": str(port),
            "ERROR_SHARE": str(error_share if port == self.canary else 0)}) for port in (self.canary, *self.baseline)]
        self.rollbacks = 0

    @classmethod
    def own_port(cls):
        while True:
            port = free_port()
            if port not in cls.taken:
                cls.taken.add(port)
                return port

    def instances(self):
        return [("new", self.canary), *(("old", port) for port in self.baseline)]

    def fail(self, share):
        urllib.request.urlopen(f"http://127.0.0.1:{self.canary}/set?error_share={share}", timeout=5).close()

    def roll_back(self):
        self.rollbacks += 1
        self.serving.discard(self.canary)


class Town:
    """A context manager: the shops' load and their deploy API, POST /NAME."""

    def __init__(self, shops):
        self.shops = {shop.name: shop for shop in shops}

    def __enter__(self):
        town = self

        class Deploys(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                town.shops[self.path.strip("/")].roll_back()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words):
                pass

        self.deploys = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Deploys)
        self.deploy_api = f"http://127.0.0.1:{self.deploys.server_port}"
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.deploys.serve_forever, daemon=True).start()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.senders = [asyncio.run_coroutine_threadsafe(self.send(shop, port), self.loop)
                        for shop in self.shops.values() for _, port in shop.instances()]
        return self

    def __exit__(self, *error):
        self.deploys.shutdown()
        for shop in self.shops.values():
            shop.serving.clear()  # every sender ends
        for sender in self.senders:
            sender.result(timeout=10)
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def send(self, shop, port):
        """One request after the other on one connection, for as long as the instance serves."""
        writer = None
        while port in shop.serving:
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /work HTTP/1.1\r\nHost: a\r\n\r\n")
                await reader.readuntil(b"\r\n\r\n")
            except (OSError, asyncio.IncompleteReadError):
                writer = None
            await asyncio.sleep(1 / RATE)
