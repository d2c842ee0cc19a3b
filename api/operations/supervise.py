"""Supervision of processes (进程看护): started together, started again when they die, stopped together."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Final

import structlog

from api.operations.lifeline import VARIABLE

STOP_TIMEOUT_S: Final = 30.0  # a web process first answers what it was asked, a worker finishes its job
_LOOK_EVERY_S: Final = 0.5
_FIRST_PAUSE_S: Final = 0.5
_HEALTHY_AFTER_S: Final = 60.0
_log = structlog.get_logger("api.operations")


@dataclass
class Child:
    """One process that should always run (被看护进程).

    Attributes:
        name: For logs.
        command: Program and arguments.
        longest_pause_s: Between two starts of one that keeps dying.
        output: Where it writes what it says; None where we do.
    """

    name: str
    command: Sequence[str]
    longest_pause_s: float = 30.0
    output: IO[bytes] | None = None
    process: "subprocess.Popen[bytes] | None" = None
    _started_at: float = 0.0
    _not_before: float = 0.0
    _pause_s: float = _FIRST_PAUSE_S

    def start(self, lifeline: int) -> None:
        """Start it in a process group of its own, on a lifeline that closes with us."""
        self.process = subprocess.Popen(
            list(self.command),
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
            env=os.environ | {VARIABLE: str(lifeline)},
            pass_fds=(lifeline,),
            start_new_session=True,
        )
        self._started_at = time.monotonic()

    def look_after(self, lifeline: int) -> None:
        """Start it unless it runs; one that keeps dying is given longer and longer pauses."""
        now = time.monotonic()
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                return
            self.process = None
            if now - self._started_at > _HEALTHY_AFTER_S:
                self._pause_s = _FIRST_PAUSE_S
            self._not_before = now + self._pause_s
            self._pause_s = min(2 * self._pause_s, self.longest_pause_s)
            _log.warning("process ended and is started again", process=self.name, status=status)
        if now >= self._not_before:
            self.start(lifeline)

    def signal(self, number: int) -> None:
        """Send a signal to the whole group, if there is still somebody in it."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


@dataclass
class Supervisor:
    """Keeps processes running until told to stop (看护器).

    Attributes:
        children: What runs.
        look_after_more: Called at every look, for what is no child, such as the database's server.
    """

    children: Sequence[Child]
    look_after_more: Callable[[], None] = lambda: None
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self, *_signal: object) -> None:
        """Ask it to end; fit to be the handler of a signal."""
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stop.is_set()

    def run(self, ready: Callable[[], object] = lambda: None) -> None:
        """Keep everything running until `stop`, then stop everything.

        Args:
            ready: Called once, after the first start.
        """
        lifeline, our_end = os.pipe()
        try:
            self._look(lifeline)
            ready()
            while not self._stop.wait(_LOOK_EVERY_S):
                self._look(lifeline)
        finally:
            self._stop_all()
            os.close(our_end)
            os.close(lifeline)

    def _look(self, lifeline: int) -> None:
        self.look_after_more()
        for child in self.children:
            child.look_after(lifeline)

    def _stop_all(self) -> None:
        """Politely first, then for good; also what a child has left behind in its group."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        until = time.monotonic() + STOP_TIMEOUT_S
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                _log.warning("process did not stop in time", process=child.name)
            child.signal(signal.SIGKILL)
            child.process.wait()


def on_signals(handler: Callable[..., None]) -> None:
    """Let the usual signals to stop call a handler."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)
