"""What a container is given: its environment, its arguments and the files of its volumes.

A process of the lab has no network and no file system of its own. So in everything that a container is given, which is
arguments, environment and files, the places that would be its own are replaced: a mount path by the directory of the
volume's files, and localhost, 127.0.0.1 and 0.0.0.0 by the pod's address. A server of the test itself, which pods shall
reach, listens on the node's address instead: Kubelet.host_ip."""

import base64
import os
import re

from .api import path

SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
OWN_ADDRESS = re.compile(r"(?<![\w.-])(localhost|127\.0\.0\.1|0\.0\.0\.0)(?![\w.-])")


class Unsupported(Exception):
    """The pod asks for something that the lab does not play; the text names it."""


class PodFiles:
    """Of one pod. The files are made anew for each container, because each has mount paths of its own."""

    def __init__(self, api, pod, address, host_ip, directory, claims):
        self.api, self.pod, self.address, self.host_ip = api, pod, address, host_ip
        self.namespace = pod["metadata"]["namespace"]
        self.directory = directory  # ends with the pod
        self.claims = claims  # outlives it
        self.volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])}

    def prepare(self, container):
        """Makes the files of every volume the container mounts; then environment and arguments can be asked for."""
        mounts = {mount["mountPath"].rstrip("/"): self.place(container, mount)
                  for mount in container.get("volumeMounts", [])}
        localise = Localise(self.address, mounts)
        for mount in container.get("volumeMounts", []):
            self.fill(self.volumes[mount["name"]], self.root(container, mount), localise)
        environment = self.environment(container, localise)
        arguments = [localise(expand(text, environment))
                     for text in container.get("command", []) + container.get("args", [])]
        if SERVICE_ACCOUNT in mounts:
            environment["DAVY_SERVICEACCOUNT_DIR"] = mounts[SERVICE_ACCOUNT]
        return environment, arguments

    def root(self, container, mount):
        volume = self.volumes[mount["name"]]
        if "emptyDir" in volume:
            root = self.directory / "shared" / volume["name"]
        elif "persistentVolumeClaim" in volume:
            root = self.claims / self.namespace / volume["persistentVolumeClaim"]["claimName"]
        else:
            root = self.directory / container["name"] / volume["name"]
        root.mkdir(parents=True, exist_ok=True)
        return root

    def place(self, container, mount):
        return os.path.join(self.root(container, mount), mount.get("subPath", "")).rstrip("/")

    def fill(self, volume, root, localise):
        for source in volume.get("projected", {}).get("sources", []) or [volume]:
            for name, content in self.files(source).items():
                file = root / name
                file.parent.mkdir(parents=True, exist_ok=True)
                try:
                    file.write_text(localise(content.decode()))
                except UnicodeDecodeError:
                    file.write_bytes(content)

    def files(self, source):
        """The files of one source of a volume, by name."""
        if "configMap" in source:
            return self.chosen(source["configMap"], self.config_map(source["configMap"]["name"]))
        if "secret" in source:
            secret = source["secret"]
            return self.chosen(secret, self.secret(secret.get("secretName") or secret["name"]))
        if "serviceAccountToken" in source:
            return {source["serviceAccountToken"]["path"]: self.token(source["serviceAccountToken"]).encode()}
        if "downwardAPI" in source:
            return {item["path"]: self.field(item).encode() for item in source["downwardAPI"]["items"]}
        if "emptyDir" in source or "persistentVolumeClaim" in source:
            return {}
        kinds = ", ".join(sorted(set(source) - {"name"}))
        raise Unsupported(f"volume {source.get('name', '')}: {kinds} is not played by the lab")

    @staticmethod
    def chosen(source, data):
        if "items" not in source:
            return data
        return {item["path"]: data[item["key"]] for item in source["items"]}

    def config_map(self, name):
        thing = self.api.get(path("configmaps", self.namespace, name))
        return {key: text.encode() for key, text in (thing.get("data") or {}).items()}

    def secret(self, name):
        thing = self.api.get(path("secrets", self.namespace, name))
        return {key: base64.b64decode(text) for key, text in (thing.get("data") or {}).items()}

    def token(self, source):
        """Bound to the pod, as the kubelet's are: it ends with the pod."""
        metadata = self.pod["metadata"]
        pod = {"apiVersion": "v1", "kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]}
        audiences = [source["audience"]] if source.get("audience") else None
        return self.api.create_token(self.namespace, self.pod["spec"].get("serviceAccountName", "default"),
                                     source.get("expirationSeconds", 3600), audiences, bound_to=pod)

    def environment(self, container, localise):
        environment = {}
        for source in container.get("envFrom", []):
            kind = self.config_map if "configMapRef" in source else self.secret
            reference = source.get("configMapRef") or source["secretRef"]
            environment.update((key, text.decode()) for key, text in kind(reference["name"]).items())
        for variable in container.get("env", []):
            text = self.value(variable) if "valueFrom" in variable else variable.get("value", "")
            environment[variable["name"]] = localise(expand(text, environment))
        return environment

    def value(self, variable):
        source = variable["valueFrom"]
        if "configMapKeyRef" in source:
            return self.config_map(source["configMapKeyRef"]["name"])[source["configMapKeyRef"]["key"]].decode()
        if "secretKeyRef" in source:
            return self.secret(source["secretKeyRef"]["name"])[source["secretKeyRef"]["key"]].decode()
        return self.field(source)

    def field(self, source):
        """A fieldRef of the downward API."""
        if "fieldRef" not in source:
            raise Unsupported(f"{', '.join(source)} is not played by the lab; fieldRef is")
        wanted, metadata, spec = source["fieldRef"]["fieldPath"], self.pod["metadata"], self.pod["spec"]
        keyed = re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", wanted)
        if keyed:
            return metadata.get(keyed[1], {}).get(keyed[2], "")
        known = {"metadata.name": metadata["name"], "metadata.namespace": metadata["namespace"],
                 "metadata.uid": metadata["uid"], "spec.nodeName": spec.get("nodeName", ""),
                 "spec.serviceAccountName": spec.get("serviceAccountName", ""),
                 "status.podIP": self.address, "status.podIPs": self.address, "status.hostIP": self.host_ip}
        if wanted not in known:
            raise Unsupported(f"fieldRef {wanted} is not played by the lab")
        return known[wanted]


class Localise:
    def __init__(self, address, mounts):
        self.address, self.mounts = address, mounts
        longest_first = sorted(map(re.escape, mounts), key=len, reverse=True)
        self.paths = re.compile(rf"(?<![\w./-])({'|'.join(longest_first)})(?![\w.-])") if mounts else None

    def __call__(self, text):
        if self.paths:
            text = self.paths.sub(lambda found: self.mounts[found[1]], text)
        return OWN_ADDRESS.sub(self.address, text)


def expand(text, environment):
    """$(NAME) as the kubelet expands it: an unknown name stays."""
    return re.sub(r"\$\((\w+)\)", lambda found: environment.get(found[1], found[0]), text)
