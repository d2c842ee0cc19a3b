"""The embedded server with real processes: started by several, left by the last, killed, half made."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from api.db.embedded import EmbeddedPostgres
from api.errors import ServiceUnavailableError

HOLD = """
import sys
from pathlib import Path
from api.db.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.read()
"""
NOBODY = 65534
SHORT = Path(tempfile.gettempdir())


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, whose server is gone afterwards whatever the test did."""
    made = Path(tempfile.mkdtemp(prefix="dajian-pg-"))
    yield made
    for data in made.rglob("postmaster.pid"):
        pid = EmbeddedPostgres(data.parent.parent).server_pid()
        if pid is not None:
            kill(pid)
    shutil.rmtree(made, ignore_errors=True)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    gone(pid)


def gone(pid: int, within_s: float = 20) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def holder(folder: Path, **more: object) -> "subprocess.Popen[str]":
    """Another process that uses the server until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more
    )


def started(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def write(url: str, value: int) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS kept (value int)"))
        connection.execute(text("INSERT INTO kept VALUES (:value)"), {"value": value})
    engine.dispose()


def values(url: str) -> list[int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(text("SELECT value FROM kept ORDER BY value")))
    engine.dispose()
    return found


def test_two_that_start_at_once_share_one_server_and_the_last_one_out_stops_it(folder: Path) -> None:
    first, second = holder(folder), holder(folder)
    urls = {started(first), started(second)}
    assert len(urls) == 1
    server = EmbeddedPostgres(folder)
    pid = server.server_pid()
    assert pid is not None
    write(urls.pop(), 1)
    first.communicate("")
    assert server.is_running()
    second.communicate("")
    assert gone(pid)
    assert not server.is_running()
    assert values(server.start()) == [1]
    server.close()


def test_a_killed_user_holds_nothing_back(folder: Path) -> None:
    process = holder(folder)
    started(process)
    kill(process.pid)
    process.communicate()
    server = EmbeddedPostgres(folder)
    assert server.is_running()  # nobody was there to stop it
    pid = server.server_pid()
    server.start()
    assert server.server_pid() == pid
    server.close()
    assert gone(pid or 0)


def test_a_killed_server_is_started_again_with_all_that_was_committed(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    url = server.start()
    for number in range(3):
        write(url, number)
        pid = server.server_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        gone(pid)
        assert not server.is_running()
        assert server.start() == url
    assert values(url) == [0, 1, 2]
    server.close()


def test_a_lock_file_whose_number_another_process_has_now_is_not_believed(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    write(server.start(), 7)
    lock = (server.data / "postmaster.pid").read_text()
    server.close()
    (server.data / "postmaster.pid").write_text(lock.replace(lock.split("\n", 1)[0], str(os.getpid()), 1))
    assert not server.is_running()
    assert values(server.start()) == [7]
    server.close()


@pytest.mark.parametrize("left", ["", "no number\n", "999999999\n"])
def test_a_damaged_lock_file_is_no_server(folder: Path, left: str) -> None:
    server = EmbeddedPostgres(folder)
    server.data.mkdir()
    (server.data / "postmaster.pid").write_text(left)
    assert not server.is_running()


def test_a_data_folder_half_made_is_made_anew(folder: Path) -> None:
    draft = folder / "data.draft-left"
    (draft / "base").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(folder)
    write(server.start(), 1)
    assert not draft.exists()
    server.close()


def test_killed_while_the_data_folder_is_made(folder: Path) -> None:
    process = holder(folder, start_new_session=True)
    until = time.monotonic() + 20
    while not list(folder.glob("data.draft-*/base")) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    server = EmbeddedPostgres(folder)
    write(server.start(), 1)
    assert values(server.url("postgres")) == [1]
    server.close()


@pytest.mark.parametrize("name", ["x" * 120, "a folder, with 逗号 and blanks"], ids=["long", "strange"])
def test_a_path_that_no_socket_can_have_is_served_from_a_private_folder(folder: Path, name: str) -> None:
    server = EmbeddedPostgres(folder / name)
    url = server.start()
    assert str(folder) not in url
    write(url, 1)
    sockets = SHORT / url.rsplit("/", 1)[1]
    assert sockets.stat().st_mode & 0o077 == 0
    server.close()
    assert values(server.start()) == [1]
    server.close()
    shutil.rmtree(sockets)


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("x" * 120))
    trap = SHORT / server.url("postgres").rsplit("/", 1)[1]
    trap.mkdir(mode=0o777)
    trap.chmod(0o777)
    try:
        with pytest.raises(ServiceUnavailableError, match="not ours alone"):
            server.start()
    finally:
        trap.rmdir()
        server.close()


def test_what_stands_in_the_way_is_said(folder: Path) -> None:
    blocked = folder / "file"
    blocked.write_text("")
    with pytest.raises(ServiceUnavailableError, match="does not start"):
        EmbeddedPostgres(blocked / "postgres").start()


def test_a_server_that_does_not_start_tells_why(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    server.close()
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("\nshared_buffers = 'nonsense'\n")
    broken = EmbeddedPostgres(folder)
    broken_tries = "api.db.embedded._TRIES"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broken_tries, 1)
        with pytest.raises(ServiceUnavailableError, match="nonsense"):
            broken.start()
    broken.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_starts_it_as_himself(folder: Path) -> None:
    folder.chmod(0o755)
    own = folder / "own"
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)
    server = EmbeddedPostgres(own)
    child = os.fork()  # our Python may lie where nobody else can read it
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            write(server.start(), 5)
            (own / "whose").write_text(str(Path(f"/proc/{server.server_pid()}").stat().st_uid))
            server.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (own / "whose").read_text() == str(NOBODY)
    assert not server.is_running()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_root_lets_an_account_of_its_own_run_it(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    assert Path(f"/proc/{server.server_pid()}").stat().st_uid not in {0, NOBODY}
    server.close()
