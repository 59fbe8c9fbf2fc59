"""Ends what a test leaves behind. It is told process ids on its standard input, "+17" started and "-17" gone; when its
input closes, because the test ended in whatever way, it kills those that are left and no others, and removes the
scratch directory that its argument names."""

import os
import shutil
import signal
import sys


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    alive = set()
    for line in sys.stdin:
        (alive.add if line[0] == "+" else alive.discard)(int(line[1:]))
    for process in alive:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    shutil.rmtree(sys.argv[1], ignore_errors=True)


if __name__ == "__main__":
    main()
