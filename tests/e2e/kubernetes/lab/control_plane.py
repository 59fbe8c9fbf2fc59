"""etcd, kube-apiserver and kube-controller-manager on free ports of loopback, in a scratch directory.

There is no scheduler and no node: kubelet.py plays them. There are no EndpointSlices either: the API server refuses
loopback addresses in them, so whoever wants a Service's endpoints takes the ready pods that its selector names."""

import json
import pathlib
import sys
import time

from .api import Api, ApiError
from .assets import find_assets
from .certificates import Authority, make_key, openssl
from .processes import Processes, free_port, wait_until

CONTROLLERS = ["deployment", "replicaset", "statefulset", "daemonset", "job", "garbage-collector", "namespace",
               "serviceaccount", "root-ca-certificate-publisher", "disruption"]
ADMIN_TOKEN = "lab-admin"


class ControlPlane:
    """A context manager, ready when entered. On leaving, the API server stops before etcd: it would wait for it."""

    def __init__(self, argo=False):
        self.assets = find_assets()
        self.argo = argo
        self.processes = Processes()
        self.directory = self.processes.directory
        self.running = {}  # name -> process, in the order they were started
        self.times = {}  # name -> seconds until it was ready
        self.etcd_port = free_port()
        self.port = free_port()
        self.server = f"https://127.0.0.1:{self.port}"
        self.admin_token = ADMIN_TOKEN

    def __enter__(self):
        try:
            self.make_credentials()
            self.api = Api(self.server, self.admin_token, self.ca_file)
            self.start_etcd()
            self.start_api_server()
            self.start_controllers()
            if self.argo:
                from .argo import start_argo
                start_argo(self)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            print(self.processes.tails(), file=sys.stderr)
        for process in reversed(self.running.values()):
            self.processes.stop(process, grace_s=0.3)  # nothing here outlives the test
        self.running.clear()
        self.processes.close()

    def make_credentials(self):
        self.authority = Authority(self.directory / "pki")
        self.ca_file = self.authority.certificate
        names = "DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1"
        self.certificate, self.key = self.authority.issue("apiserver", names)
        make_key(self.directory / "sa.key")
        openssl("pkey", "-in", self.directory / "sa.key", "-pubout", "-out", self.directory / "sa.pub")
        (self.directory / "tokens.csv").write_text(f"{ADMIN_TOKEN},admin,admin,system:masters\n")
        self.kubeconfig = self.write_kubeconfig(self.directory / "admin.kubeconfig")

    def write_kubeconfig(self, file, token=None, server=None, ca_file=None):
        """Written as JSON, which is YAML: for the admin, or for a token, or by way of a proxy."""
        cluster = {"server": server or self.server}
        if cluster["server"].startswith("https"):
            cluster["certificate-authority"] = str(ca_file or self.ca_file)
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "lab",
                  "clusters": [{"name": "lab", "cluster": cluster}],
                  "users": [{"name": "lab", "user": {"token": token or self.admin_token}}],
                  "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}]}
        pathlib.Path(file).write_text(json.dumps(config))
        return pathlib.Path(file)

    def create_token(self, namespace, service_account, seconds=3600):
        return self.api.create_token(namespace, service_account, seconds)

    def start(self, name, command, ready, timeout_s=60):
        """Starts a program and waits until ready() is true; says what it logged if it ends before."""
        began = time.monotonic()
        process = self.processes.start(name, command)
        self.running[name] = process

        def started():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with exit code {process.returncode}")
            return ready()

        wait_until(started, timeout_s, f"{name} to be ready")
        self.times[name] = time.monotonic() - began
        return process

    def stop(self, name):
        """Stops one program, for a test of its absence; start_etcd and the like start it again."""
        self.processes.stop(self.running.pop(name), grace_s=0.3)

    def start_etcd(self):
        address, peers = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{free_port()}"
        self.start("etcd", ["etcd", "--unsafe-no-fsync", "--data-dir", self.directory / "etcd",
                            "--listen-client-urls", address, "--advertise-client-urls", address,
                            "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
                            "--initial-cluster", f"default={peers}"],
                   lambda: answers(address, "/health"))

    def start_api_server(self):
        self.start("kube-apiserver", [
            self.assets / "kube-apiserver", f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={self.port}",
            f"--tls-cert-file={self.certificate}", f"--tls-private-key-file={self.key}",
            "--service-cluster-ip-range=10.0.0.0/24", "--endpoint-reconciler-type=none",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.directory / 'sa.pub'}",
            f"--service-account-signing-key-file={self.directory / 'sa.key'}",
            f"--token-auth-file={self.directory / 'tokens.csv'}", "--authorization-mode=RBAC",
            "--profiling=false", "--shutdown-delay-duration=0s"],
            lambda: self.answers("/readyz"))

    def start_controllers(self):
        self.start("kube-controller-manager", [
            self.assets / "kube-controller-manager", f"--kubeconfig={self.kubeconfig}", "--leader-elect=false",
            "--bind-address=127.0.0.1", f"--secure-port={free_port()}", "--profiling=false",
            "--kube-api-qps=500", "--kube-api-burst=1000",
            f"--root-ca-file={self.ca_file}", f"--service-account-private-key-file={self.directory / 'sa.key'}",
            "--controllers=" + ",".join(f"{name}-controller" for name in CONTROLLERS)],
            lambda: self.api.find("/api/v1/namespaces/default/serviceaccounts/default"))

    def answers(self, where):
        try:
            return self.api.get(where) == "ok"
        except (OSError, ApiError):
            return False

    def memory_mb(self):
        """Resident memory of every program, by name."""
        used = {}
        for name, process in self.running.items():
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            used[name] = int(status.partition("VmRSS:")[2].split()[0]) // 1024
        return used


def answers(server, where):
    try:
        Api(server, "").get(where)
        return True
    except (OSError, ApiError):
        return False
