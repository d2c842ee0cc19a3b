"""What happens around every request (请求外层): its id, its log line, its measure, its size limit, its headers."""

import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

REQUEST_ID: Final = "x-request-id"
_LONGEST_ID: Final = 64
_TOO_LARGE: Final = 413
_TOO_LARGE_BODY: Final = (
    '{"type":"urn:dajian:problem:toolarge","title":"too large","status":413,'
    '"detail":"内容超过允许的大小","detail_en":"more bytes than are taken"}'
).encode()
# Scripts and styles come from us alone, pictures also from data; nobody may frame us.
SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        (
            b"default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
            b"base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
        ),
    ),
)
_log = structlog.get_logger("api.request")


class Measures:
    """Counts and times of requests, by route and not by address (指标)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = ("method", "route", "status")
        self.requests = Counter("dajian_http_requests", "Requests answered", names, registry=registry)
        self.seconds = Histogram("dajian_http_seconds", "Time of an answer", ("route",), registry=registry)


class AroundRequests:
    """The outermost layer."""

    def __init__(self, app: App, *, measures: Measures, largest_body: int) -> None:
        self.app = app
        self.measures = measures
        self.largest_body = largest_body

    def _check_size(self, size: int) -> None:
        if size > self.largest_body:
            raise _TooMuchError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        status = 500
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            self._check_size(taken)
            return message

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message.get("headers", ())}
                message["headers"] = [
                    *message.get("headers", ()),
                    *((name, value) for name, value in SECURITY_HEADERS if name not in own),
                    (REQUEST_ID.encode(), request_id.encode()),
                ]
            await send(message)

        try:
            self._check_size(_announced_size(scope))
            await self.app(scope, limited, with_headers)
        except _TooMuchError:
            await _refuse(with_headers)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "none")
            self.measures.requests.labels(scope["method"], route, str(status)).inc()
            self.measures.seconds.labels(route).observe(seconds)
            _log.info("answered", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1e3, 1))


class _TooMuchError(Exception):
    """More bytes than are taken."""


def _request_id(scope: Scope) -> str:
    given: str = dict(scope["headers"]).get(REQUEST_ID.encode(), b"").decode("latin-1")
    if 0 < len(given) <= _LONGEST_ID and given.isascii() and given.replace("-", "").isalnum():
        return given
    return uuid.uuid4().hex


def _announced_size(scope: Scope) -> int:
    text = dict(scope["headers"]).get(b"content-length", b"0").decode("latin-1")
    return int(text) if text.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": _TOO_LARGE, "headers": headers})
    await send({"type": "http.response.body", "body": _TOO_LARGE_BODY})
