"""The embedded PostgreSQL (内置数据库): a real server from a wheel, its data in our own folder.

Every process that uses it holds a shared lock on one file. Who leaves last stops the server; the lock of a killed
process is released by the kernel, so nothing has to be cleaned up after it. A killed server is started again by whoever
comes next; it then replays its log, and what was committed is there.
"""

import atexit
import fcntl
import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from api.db.embedded_account import programs, server_account, server_uid
from api.errors import ServiceUnavailableError

START_TIMEOUT_S: Final = 120  # after a crash the server replays its log first
_LONGEST_SOCKET_PATH: Final = 90  # the kernel's limit is 107, the socket's own name takes some
_PLAIN: Final = re.compile(r"[\w./-]+", re.ASCII)  # a list of folders is split at commas, and passes through a shell
_SHORT_FOLDERS: Final = Path("/tmp")  # noqa: S108 - one place for all processes, whatever their TMPDIR; owner checked
_OTHERS_MAY_PASS: Final = stat.S_IXOTH
_SUPERUSER: Final = "postgres"
_TRIES: Final = 30  # the children of a killed server need a moment to notice and go
_PAUSE_S: Final = 0.5
_STATUS_LINE: Final = 7  # of the lock file
_DRAFT: Final = "data.draft-"


class EmbeddedPostgres:
    """One process's hold on the embedded server of a folder."""

    def __init__(self, folder: Path) -> None:
        """Take hold of the server of a folder; it starts with `start`.

        Args:
            folder: Where data, log and locks lie; made if need be.
        """
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self._users: IO[str] | None = None

    def start(self) -> str:
        """Start the server unless it runs, and return the address of its maintenance database.

        Raises:
            ServiceUnavailableError: It does not start; the message ends with its log.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._alone():
                self._hold()
                self._make_data()
                self._start()
        except (subprocess.SubprocessError, OSError) as error:
            raise ServiceUnavailableError(self._why(error)) from error
        return self.url("postgres")

    def close(self) -> None:
        """Let go; the last one stops the server."""
        if self._users is None:
            return
        atexit.unregister(self.close)
        if not self.folder.exists():  # somebody has removed everything
            self._users.close()
            self._users = None
            return
        with self._alone():
            users, self._users = self._users, None
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                users.close()
            if self.is_running():
                # A stop that fails is not worth a fault at the end: the next start finds the server as it is.
                self._control("stop", "-m", "fast", "-t", str(START_TIMEOUT_S), check=False)

    def url(self, database: str) -> str:
        """The address of one of its databases, for SQLAlchemy."""
        return f"postgresql+psycopg://{_SUPERUSER}@/{database}?host={quote(str(self._socket_folder), safe='/')}"

    def is_running(self) -> bool:
        """Whether the server of this folder runs.

        Its lock file alone does not tell: a killed server leaves it behind, and the number in it may by now be that of
        any other process.
        """
        pid = self.server_pid()
        if pid is None:
            return False
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except FileNotFoundError:
            return False
        except OSError:  # no /proc, or it hides others' processes: believe the lock file
            return _exists(pid)
        return os.fsencode(self.data) in command

    def server_pid(self) -> int | None:
        """The process number in the server's lock file; None without a readable one."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    @property
    def _log(self) -> Path:
        return self.data / "postgres.log"  # its own folder: the server writes it

    @property
    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.data)) <= _LONGEST_SOCKET_PATH and _PLAIN.fullmatch(str(self.data)):
            return self.data
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return _SHORT_FOLDERS / f"dajian-{name}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While nobody else starts or stops it."""
        with (self.folder / "start.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _hold(self) -> None:
        """Be one of its users until `close`, or until the process ends in whatever way."""
        if self._users is None:
            self._users = (self.folder / "users.lock").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            atexit.register(self.close)

    def _make_data(self) -> None:
        """Make the data folder whole or not at all."""
        if (self.data / "PG_VERSION").exists():
            return
        for left in self.folder.glob(f"{_DRAFT}*"):  # somebody was killed here
            shutil.rmtree(left, ignore_errors=True)
        # A name of its own: the program that fills it may outlive its killed parent and still be at it.
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self.folder))
        account = server_account()
        if account:
            _let_pass(self.folder, programs())
            shutil.chown(draft, account, account)
        # Peer users only: the socket lies in a folder that nobody else may enter.
        arguments = ["-U", _SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._run("initdb", *arguments, "-D", str(draft))
        draft.rename(self.data)

    def _start(self) -> None:
        """Start the server unless it runs; after a killed one, as often as its last children need to go."""
        for left in reversed(range(_TRIES)):
            if self.is_running():
                self._await_ready()
                return
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            try:
                self._control("start", "-l", str(self._log), "-o", self._options(), "-t", str(START_TIMEOUT_S))
            except subprocess.CalledProcessError:
                if not left:
                    raise
                time.sleep(_PAUSE_S)
            else:
                return

    def _await_ready(self) -> None:
        """Wait for a server that somebody else, killed meanwhile, has started.

        Raises:
            TimeoutError: It is not ready in good time.
        """
        until = time.monotonic() + START_TIMEOUT_S
        while not self._is_ready():
            if time.monotonic() > until:
                raise TimeoutError(f"not ready within {START_TIMEOUT_S} s")
            time.sleep(_PAUSE_S)

    def _is_ready(self) -> bool:
        """What the last line of the server's lock file says; one that went away meanwhile is not waited for."""
        try:
            return (self.data / "postmaster.pid").read_text().split("\n")[_STATUS_LINE].strip() == "ready"
        except FileNotFoundError:
            return True
        except IndexError:
            return False

    def _options(self) -> str:
        folder = self._socket_folder
        if folder != self.data:
            _make_private(folder)
        return f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=200"

    def _control(self, action: str, *arguments: str, check: bool = True) -> None:
        self._run("pg_ctl", action, "-w", "-D", str(self.data), *arguments, check=check)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        account = server_account()
        # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with (self.folder / "control.log").open("a") as log:
            return subprocess.run(
                [str(programs() / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=check,
                user=account,
                group=account,
                extra_groups=[] if account else None,
                cwd="/",
                timeout=START_TIMEOUT_S + 10,
                start_new_session=True,  # Ctrl-C in our terminal is not meant for the server
            ).returncode

    def _why(self, error: Exception) -> str:
        told = f"the embedded database in {self.folder} does not start: {error}"
        return "\n".join([told, *_ends_of(self._log, self.folder / "control.log")])


def _ends_of(*logs: Path) -> Iterator[str]:
    for log in logs:
        try:
            yield log.read_text(errors="replace")[-600:]
        except OSError:
            continue


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _make_private(folder: Path) -> None:
    """A folder for the socket that only the server's account and we may enter.

    Raises:
        OSError: Somebody else made a folder or a link of that name.
    """
    account = server_account()
    try:
        folder.mkdir(mode=0o700)
        if account:
            shutil.chown(folder, account, account)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != server_uid() or found.st_mode & 0o077:
            raise PermissionError(f"{folder} is not ours alone") from None


def _let_pass(*folders: Path) -> None:
    """Let the server's account pass through the parents of a folder, without letting it list them."""
    for folder in folders:
        for parent in (folder, *folder.resolve().parents):
            mode = parent.stat().st_mode
            if not mode & _OTHERS_MAY_PASS:
                parent.chmod(mode | _OTHERS_MAY_PASS)
