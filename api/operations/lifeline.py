"""The lifeline of a child process (生命线): it ends with the process that started it, however that one ended."""

import os
import signal
import threading
from typing import Final

VARIABLE: Final = "DAJIAN_LIFELINE"


def end_with_parent() -> None:
    """Ask this process to stop as soon as the pipe named in the environment closes; without one, do nothing.

    The parent holds the other end and never writes: the kernel closes it when the parent is gone, killed or not.
    """
    named = os.environ.pop(VARIABLE, "")
    if named.isdigit():
        descriptor = int(named)
        os.set_inheritable(descriptor, False)
        threading.Thread(target=_wait, args=(descriptor,), name="lifeline", daemon=True).start()


def _wait(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
