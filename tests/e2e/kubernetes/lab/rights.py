"""Service accounts with the rights that Davy asks for, or with less."""

READING = ("get", "list", "watch")


def rules(deployment, *verbs):
    """The rules of a Role, with these verbs on the Deployment; all that Davy needs where none are given."""
    return [{"apiGroups": [""], "resources": ["pods"], "verbs": READING},
            {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": READING},
            {"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": [deployment],
             "verbs": verbs or (*READING, "patch")}]


def given_rights(plane, name, rules, **way):
    """A kubeconfig of a service account with these rules in the namespace shop; by way of a server and its CA file."""
    rbac = "rbac.authorization.k8s.io/v1"
    where = {"namespace": "shop", "name": name}
    plane.api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": where})
    plane.api.apply({"apiVersion": rbac, "kind": "Role", "metadata": where, "rules": rules})
    plane.api.apply({"apiVersion": rbac, "kind": "RoleBinding", "metadata": where,
                     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
                     "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "shop"}]})
    kubeconfig = plane.directory / f"{name}.kubeconfig"
    return plane.write_kubeconfig(kubeconfig, token=plane.create_token("shop", name), **way)
