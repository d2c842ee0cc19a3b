"""Is a port free (端口检查): asked before anything is built for it."""

import errno
import os
import socket

from api.errors import RequestError


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse a port that cannot be listened on.

    Raises:
        RequestError: Somebody else has it, we may not have it, or there is no such address here.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself does
            tried.bind(address)
    except OSError as error:
        raise RequestError([f"{host}:{port}: {_why(error)}"]) from error


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "端口已被占用，请用 --port 另选一个 · the port is taken: choose another with --port"
    said = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return f"不能在此地址监听 · cannot listen there: {said}"
