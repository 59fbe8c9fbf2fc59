"""A small client of the Kubernetes API: what the tests need, and nothing that hides what was said."""

import http.client
import json
import select
import ssl
import threading
import time
import urllib.parse

GROUPS = {
    "apps/v1": ("deployments", "replicasets", "statefulsets", "daemonsets"),
    "batch/v1": ("jobs",),
    "rbac.authorization.k8s.io/v1": ("roles", "rolebindings", "clusterroles", "clusterrolebindings"),
    "apiextensions.k8s.io/v1": ("customresourcedefinitions",),
    "admissionregistration.k8s.io/v1": ("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
    "policy/v1": ("poddisruptionbudgets",),
    "coordination.k8s.io/v1": ("leases",),
    "argoproj.io/v1alpha1": ("rollouts", "analysisruns", "analysistemplates", "experiments"),
}
CLUSTER_WIDE = {"namespaces", "nodes", "clusterroles", "clusterrolebindings", "customresourcedefinitions",
                "validatingadmissionpolicies", "validatingadmissionpolicybindings"}
GROUP_OF = {plural: group for group, plurals in GROUPS.items() for plural in plurals}
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


def path(plural, namespace=None, name=None, subresource=None, group=None):
    """path("deployments", "shop", "checkout", "scale"): the group is known for the kinds above, else core/v1."""
    group = group or GROUP_OF.get(plural, "v1")
    parts = ["", "api" if group == "v1" else "apis", group]
    if namespace:
        parts += ["namespaces", namespace]
    return "/".join(parts + [part for part in (plural, name, subresource) if part])


def path_of(thing):
    """The path of an object, from its kind, namespace and name."""
    kind = thing["kind"].lower()
    plural = kind[:-1] + "ies" if kind.endswith("y") else kind + "s"
    namespace = None if plural in CLUSTER_WIDE else thing["metadata"].get("namespace", "default")
    return path(plural, namespace, thing["metadata"]["name"], group=thing["apiVersion"])


class ApiError(Exception):
    def __init__(self, method, where, status, body):
        try:
            said = json.loads(body)
            self.reason, message = said.get("reason", ""), said.get("message", "")
        except ValueError:
            self.reason, message = "", body[:500].decode(errors="replace")
        super().__init__(f"{method} {where}: {status} {self.reason} {message}")
        self.status, self.body = status, body


class Api:
    """Thread-safe: one kept-alive connection per thread."""

    def __init__(self, server, token, ca_file=None):
        self.server, self.token = server.rstrip("/"), token
        self.address = urllib.parse.urlsplit(server)
        self.tls = ssl.create_default_context(cafile=str(ca_file)) if self.address.scheme == "https" else None
        self.local = threading.local()

    def connect(self, timeout_s):
        if self.tls:
            return http.client.HTTPSConnection(self.address.hostname, self.address.port, timeout=timeout_s,
                                               context=self.tls)
        return http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=timeout_s)

    def request(self, method, where, body=None, content_type="application/json", timeout_s=30.0, **query):
        """The decoded answer; an ApiError for everything above 299. A str or bytes body goes as it is."""
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        connection = self.connection(timeout_s)
        try:
            connection.request(method, with_query(where, query), body, self.headers(content_type))
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        if answer.status > 299:
            raise ApiError(method, where, answer.status, text)
        return json.loads(text) if text[:1] in (b"{", b"[") else text.decode()

    def connection(self, timeout_s):
        """This thread's connection, a new one if the server has closed it meanwhile."""
        connection = getattr(self.local, "connection", None)
        sock = connection and connection.sock
        if not sock or sock.fileno() < 0 or select.select([sock], [], [], 0)[0]:
            if connection:
                connection.close()
            connection = self.local.connection = self.connect(timeout_s)
            connection.connect()
        connection.sock.settimeout(timeout_s)
        return connection

    def headers(self, content_type="application/json"):
        return {"Authorization": f"Bearer {self.token}", "Content-Type": content_type, "Accept": "application/json"}

    def get(self, where, **query):
        return self.request("GET", where, **query)

    def find(self, where):
        """The object, or None when there is none."""
        try:
            return self.get(where)
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    def list(self, where, **query):
        return self.get(where, **query)["items"]

    def post(self, where, body, content_type="application/json", **query):
        return self.request("POST", where, body, content_type, **query)

    def put(self, where, body, **query):
        return self.request("PUT", where, body, **query)

    def patch(self, where, body, content_type=MERGE, **query):
        return self.request("PATCH", where, body, content_type, **query)

    def delete(self, where, body=None):
        """Deletes; an object that is gone already is as good."""
        try:
            return self.request("DELETE", where, body)
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    def apply(self, thing):
        """Creates or changes an object by server-side apply."""
        return self.patch(path_of(thing), thing, APPLY, fieldManager="lab", force="true")

    def watch(self, where, resource_version, timeout_s=60, silence_s=None, **query):
        """(type, object) until the server or the timeout ends the watch, or nothing was heard for the silence. An ERROR
        event, as for 410 Gone, is yielded."""
        connection = self.connect(silence_s or timeout_s + 5)
        try:
            query.update(watch="true", resourceVersion=resource_version, timeoutSeconds=timeout_s,
                         allowWatchBookmarks="true")
            connection.request("GET", with_query(where, query), headers=self.headers())
            answer = connection.getresponse()
            if answer.status > 299:
                raise ApiError("WATCH", where, answer.status, answer.read())
            while line := answer.readline():
                event = json.loads(line)
                yield event["type"], event["object"]
        except (OSError, http.client.HTTPException):
            return  # a broken watch is an ended watch: callers list again
        finally:
            connection.close()

    def wait_for(self, where, predicate, timeout_s=30.0, what=None, every_s=0.05):
        """Reads the object until the predicate holds and returns it; the predicate is given None when there is none."""
        deadline = time.monotonic() + timeout_s
        while True:
            thing = self.find(where)
            if predicate(thing):
                return thing
            if time.monotonic() > deadline:
                last = json.dumps((thing or {}).get("status"))
                raise TimeoutError(f"waited {timeout_s} s for {what or where}; its status: {last}")
            time.sleep(every_s)

    def create_token(self, namespace, service_account, seconds=3600, audiences=None, bound_to=None):
        """A token of a service account by TokenRequest; bound_to is the reference of an object that it ends with."""
        spec = {"expirationSeconds": seconds, "audiences": audiences or [], "boundObjectRef": bound_to}
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
        where = path("serviceaccounts", namespace, service_account, "token")
        return self.post(where, request)["status"]["token"]


def with_query(where, query):
    return where + ("?" + urllib.parse.urlencode(query) if query else "")
