"""PostgreSQL's own programs, run on a database (数据库工具程序)."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from sqlalchemy.engine import URL, make_url

from api.db.embedded_account import programs as server_programs
from api.errors import ServiceUnavailableError


def run_program(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database; a password goes through the environment, which others can't read.

    Raises:
        ServiceUnavailableError: It fails; the message ends with what it said.
    """
    target = make_url(url).set(drivername="postgresql")
    environment = dict(os.environ) | ({"PGPASSWORD": str(target.password)} if target.password else {})
    plain = URL.create(
        "postgresql", target.username, None, target.host, target.port, target.database, _plain(target.query)
    )
    command = [str(server_programs() / program), *arguments, f"--dbname={plain.render_as_string()}", "--no-password"]
    try:
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd="/")
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()[-800:]
        raise ServiceUnavailableError(f"{program}: {said}") from error
    except OSError as error:
        raise ServiceUnavailableError(f"{program}: {error}") from error


def _plain(query: Mapping[str, Sequence[str] | str]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else ",".join(value) for name, value in query.items()}
