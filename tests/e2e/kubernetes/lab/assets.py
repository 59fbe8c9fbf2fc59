"""Where the programs of the lab are: asked of scripts/kube-assets, which alone knows."""

import pathlib
import subprocess

SCRIPT = pathlib.Path(__file__).resolve().parents[4] / "scripts" / "kube-assets"
SKIPPED = 77


class MissingAssets(Exception):
    """Its text is one line that says what is missing and what fetches it: print it and exit with SKIPPED."""


def find_assets():
    """The directory that holds kube-apiserver, kube-controller-manager, rollouts-controller, helm and crds/."""
    ran = subprocess.run([SCRIPT, "--find"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if ran.returncode:
        raise MissingAssets(ran.stderr.strip())
    return pathlib.Path(ran.stdout.splitlines()[-1])
