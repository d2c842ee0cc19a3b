"""Processes are started again, stopped together, and end with who started them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api.errors import RequestError
from api.operations.ports import refuse_taken_port
from api.operations.supervise import Child, Supervisor

CHILD = """
import pathlib, sys, time
from api.operations.lifeline import end_with_parent
end_with_parent()
pathlib.Path(sys.argv[1]).open("a").write("started\\n")
time.sleep(600)
"""
PARENT = """
import sys
from api.operations.supervise import Child, Supervisor
child = Child("one", (sys.executable, "-c", sys.argv[1], sys.argv[2]))
Supervisor([child]).run(lambda: print(child.process.pid, flush=True))
"""


def until(condition: Callable[[], bool], within_s: float = 30) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def starts(file: Path) -> int:
    return file.read_text().count("started") if file.exists() else 0


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_killed_child_is_started_again_and_all_stop_together(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    children = [Child(file.name, (sys.executable, "-c", CHILD, str(file))) for file in files]
    looked: list[int] = []
    supervisor = Supervisor(children, lambda: looked.append(1))
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    assert until(lambda: [starts(file) for file in files] == [1, 1])
    children[0].signal(signal.SIGKILL)
    assert until(lambda: starts(files[0]) == 2)
    pids = [child.process.pid for child in children if child.process]
    supervisor.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert all(map(is_gone, pids))
    assert starts(files[1]) == 1
    assert looked


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "one"
    command = [sys.executable, "-c", PARENT, CHILD, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert until(lambda: starts(file) == 1)
        os.kill(parent.pid, signal.SIGKILL)
    assert until(lambda: is_gone(child))


def test_a_taken_port_is_refused_and_a_free_one_is_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RequestError, match="port is taken"):
            refuse_taken_port("127.0.0.1", port)
    refuse_taken_port("127.0.0.1", port)


def test_an_address_that_is_not_here_is_said() -> None:
    with pytest.raises(RequestError, match="cannot listen there"):
        refuse_taken_port("192.0.2.1", 8000)
