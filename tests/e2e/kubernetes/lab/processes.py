"""Processes that end with the test, ports that nobody else takes, and what the logs said last."""

import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PYTHON = [sys.executable, "-S", "-E"]  # without site packages: starts in half the time


class Processes:
    """Starts programs with their output in log files. One per lab; thread-safe. Its scratch directory ends with it."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="davy-kube-"))
        self.logs = self.directory / "logs"
        self.logs.mkdir()
        self.lock = threading.Lock()
        reaper = pathlib.Path(__file__).with_name("reaper.py")
        self.reaper = subprocess.Popen([*PYTHON, str(reaper), str(self.directory)],
                                       stdin=subprocess.PIPE, text=True, start_new_session=True)

    def start(self, name, command, environment=None, **options):
        with open(self.logs / f"{name}.log", "ab") as log:
            options.setdefault("stdin", subprocess.DEVNULL)
            options.setdefault("stdout", log)
            process = subprocess.Popen([str(part) for part in command], env=environment, stderr=log, **options)
        self.tell(f"+{process.pid}\n")
        return process

    def stop(self, process, grace_s=5.0):
        """SIGTERM, then SIGKILL after the grace; returns the exit code."""
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(grace_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.ended(process)
        return process.returncode

    def ended(self, process):
        """The process is gone and waited for: its id may soon be another's."""
        self.tell(f"-{process.pid}\n")

    def tell(self, line):
        with self.lock:
            self.reaper.stdin.write(line)
            self.reaper.stdin.flush()

    def close(self):
        self.reaper.stdin.close()
        self.reaper.wait()

    def tails(self, lines=15):
        """What every log said last."""
        said = []
        for log in sorted(self.logs.glob("*.log")):
            last = log.read_text(errors="replace").splitlines()[-lines:]
            if last:
                said.append(f"---- {log.name}\n" + "\n".join(line[:300] for line in last))
        return "\n".join(said)


def free_port(host="127.0.0.1"):
    """A port below those that the kernel gives to outgoing connections, so that none of them takes it meanwhile."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
        return port


def wait_until(question, timeout_s, what, every_s=0.05):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s} s for {what}")
        time.sleep(every_s)
