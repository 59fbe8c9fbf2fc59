#!/usr/bin/env python3
"""The image, built as its Dockerfile says, without a container engine: what is inside, whom it runs as, and that it runs
from a root that nobody can write to. Usage: image_test.py CHECKOUT. Exit code 77: skipped, and why.

No registry is asked: the base image is made by debootstrap, once, and kept in ${XDG_CACHE_HOME:-~/.cache}/davy/image-base."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time

BASE = "localhost/debian:bookworm"
SIZE_LIMIT_MB = 26  # 25 MiB; it has 25.3 MB
NOBODY = 65532


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout.strip()


def base_archive():
    """The base image's files: a small Debian 12, as debootstrap makes it."""
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "davy", "image-base")
    archive = os.path.join(cache, "bookworm.tar")
    if not os.path.exists(archive):
        os.makedirs(cache, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            made = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", f"{work}/root"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if made.returncode != 0:
                skip("debootstrap cannot make a base image: " + (made.stdout.strip().splitlines() or ["no reason given"])[-1])
            run("tar", "--create", "--file", f"{work}/tar", "--directory", f"{work}/root", ".")
            os.rename(f"{work}/tar", archive)
    return archive


def host_is_bookworm():
    with open("/etc/os-release") as release:
        return "VERSION_CODENAME=bookworm" in release.read()


class Builder:
    """buildah with a storage of its own, which goes with the scratch folder."""

    def __init__(self, scratch, checkout):
        self.checkout = checkout
        self.buildah = ["buildah", "--root", f"{scratch}/storage", "--runroot", f"{scratch}/run"]
        self.environment = {**os.environ, "BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs", "TMPDIR": "/var/tmp"}

    def __call__(self, *arguments):
        return run(*self.buildah, *arguments, env=self.environment)

    def import_base(self, archive):
        container = self("from", "scratch")
        self("add", "--quiet", container, archive, "/")
        self("commit", "--quiet", "--rm", container, BASE)

    def build(self, tag):
        # How this machine reaches Debian's packages is lent to the build and is not part of the image.
        lent = ["--volume", "/etc/apt:/etc/apt:ro"] if host_is_bookworm() else []
        log = subprocess.run([*self.buildah, "bud", "--quiet", "--timestamp", "0", "--build-arg", f"BASE={BASE}", *lent,
                              "--tag", tag, self.checkout],
                             env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert log.returncode == 0, log.stdout[-4000:]
        return self("images", "--no-trunc", "--quiet", tag)


def check_config(config):
    assert config["User"] == f"{NOBODY}:{NOBODY}", config
    assert config["Entrypoint"] == ["/usr/bin/davy"], config
    assert list(config["ExposedPorts"]) == ["3289/tcp"], config


def check_files(root):
    """Nothing that could be run but Davy, nothing that changes who it runs as, and every promise to OpenSSL kept."""
    total = 0
    programs = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, root)
            if os.path.islink(path):
                target = os.readlink(path)
                assert os.path.exists(os.path.join(root, target.lstrip("/"))), f"{inside} leads nowhere: {target}"
                continue
            kept = os.lstat(path)
            total += kept.st_size
            assert stat.S_ISREG(kept.st_mode) and not kept.st_mode & (stat.S_ISUID | stat.S_ISGID), inside
            assert not kept.st_mode & (stat.S_IWGRP | stat.S_IWOTH), f"{inside} can be written to"
            with open(path, "rb") as file:
                start = file.read(4)
            if start == b"\x7fELF" or start.startswith(b"#!"):
                programs.append(inside)
    odd = [path for path in programs if path != "usr/bin/davy" and ".so" not in os.path.basename(path)]
    assert "usr/bin/davy" in programs and not odd, odd
    with open(os.path.join(root, "etc/ssl/certs/ca-certificates.crt")) as bundle:
        authorities = bundle.read().count("BEGIN CERTIFICATE")
    assert authorities > 50, authorities
    assert os.path.exists(os.path.join(root, "var/lib/dpkg/status.d/libssl3"))
    return total


def run_inside(root, *arguments):
    """As a cluster would: another user, a root that cannot be written to, no /proc and no /tmp."""
    script = ('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && ! touch "$1/x" 2>/dev/null && '
              f'cd / && root=$1 && shift && exec chroot --userspec={NOBODY}:{NOBODY} "$root" /usr/bin/davy "$@"')
    return subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", root, *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)


def main():
    checkout = sys.argv[1]
    missing = [tool for tool in ("buildah", "skopeo", "umoci", "debootstrap") if not shutil.which(tool)]
    if missing:
        skip(f"needs {', '.join(missing)}; run ./scripts/setup")
    if os.geteuid() != 0:
        skip("needs root, for debootstrap and chroot")
    archive = base_archive()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as scratch:
        builder = Builder(scratch, checkout)
        builder.import_base(archive)
        started = time.monotonic()
        first = builder.build("davy:test")
        print(f"built {first[:19]} in {time.monotonic() - started:.0f} s")
        builder("push", "--quiet", "davy:test", f"oci:{scratch}/oci:test")
        config = json.loads(run("skopeo", "inspect", "--config", f"oci:{scratch}/oci:test"))
        check_config(config["config"])
        run("umoci", "unpack", "--image", f"{scratch}/oci:test", f"{scratch}/bundle")
        root = f"{scratch}/bundle/rootfs"
        total = check_files(root)
        packed = sum(os.path.getsize(os.path.join(folder, name))
                     for folder, _, names in os.walk(f"{scratch}/oci/blobs") for name in names)
        print(f"{total / 1e6:.1f} MB in {sum(len(names) for _, _, names in os.walk(root))} files, {packed / 1e6:.1f} MB packed")
        assert total < SIZE_LIMIT_MB * 1e6
        version = run_inside(root, "version")
        assert version.returncode == 0 and version.stdout.startswith("davy "), version.stdout
        demo = run_inside(root, "demo")
        assert demo.returncode == 10, f"exit code {demo.returncode}\n{demo.stdout}"
        print("davy demo runs in it, as nobody and on a read-only root, and rolls the canary back")
        started = time.monotonic()
        second = builder.build("davy:again")
        print(f"built again in {time.monotonic() - started:.0f} s: {'the same image' if first == second else second}")
        assert first == second
    return 0


if __name__ == "__main__":
    sys.exit(main())
