"""Prometheus and VictoriaMetrics on loopback ports of their own, with storage in the scratch directory."""

import json
import shutil
import signal
import urllib.error
import urllib.parse
import urllib.request

from lab.processes import free_port, wait_until

SCRAPE_S = 0.5


class Server:
    """A context manager: one server that scrapes these jobs: {job: [(version, port), ...]}."""

    def __init__(self, kind, processes, jobs):
        self.kind, self.processes = kind, processes
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = processes.directory / f"{kind}.json"  # YAML reads JSON
        self.config.write_text(json.dumps({
            "global": {"scrape_interval": f"{int(SCRAPE_S * 1000)}ms", "scrape_timeout": f"{int(SCRAPE_S * 1000)}ms"},
            "scrape_configs": [{"job_name": job, "static_configs": [
                {"targets": [f"127.0.0.1:{port}"], "labels": {"version": version}} for version, port in instances]}
                for job, instances in jobs.items()]}))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.processes.stop(self.process)

    def command(self):
        storage = self.processes.directory / f"{self.kind}-data"
        if self.kind == "prometheus":
            return ["prometheus", f"--config.file={self.config}", f"--storage.tsdb.path={storage}",
                    f"--web.listen-address=127.0.0.1:{self.port}"]
        return ["victoria-metrics", f"-promscrape.config={self.config}", f"-storageDataPath={storage}",
                f"-httpListenAddr=127.0.0.1:{self.port}", "-retentionPeriod=1d"]

    def start(self):
        self.process = self.processes.start(self.kind, self.command())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.processes.ended(self.process)

    def ask(self, query):
        """The result of an instant query, or None while there is no answer."""
        form = urllib.parse.urlencode({"query": query, "nocache": 1}).encode()
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/query", form, timeout=2) as answer:
                return json.load(answer)["data"]["result"]
        except (OSError, urllib.error.URLError, ValueError):
            return None

    def wait_for_scrapes(self, series, timeout_s=30):
        """Until that many series of the services' requests are there."""
        wait_until(lambda: len(self.ask('http_requests_total{code="200"}') or []) >= series, timeout_s,
                   f"{self.kind} to scrape {series} services", 0.2)


def missing(kind):
    return shutil.which(kind) is None
