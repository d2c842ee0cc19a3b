"""Faults as problem+json (RFC 9457): one table from exception to status."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError as StorageDataError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from api.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    MediaTypeError,
    NotFoundError,
    RequestError,
    ServiceError,
    ServiceUnavailableError,
    StaleError,
    TooLargeError,
    TooManyError,
    UnauthenticatedError,
)
from data.errors import DataError
from routing.errors import RoutingError
from rules.errors import RulesError

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Final[Mapping[type[ServiceError], int]] = {
    InvalidError: 422,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    StaleError: 412,
    TooManyError: 429,
    TooLargeError: 413,
    MediaTypeError: 415,
}
_INVALID: Final = 422
_UNAVAILABLE: Final = 503
_INTERNAL: Final = 500
_NOT_TEXT: Final = "22"  # SQLSTATE class "data exception": what was sent does not fit into a column
_log = structlog.get_logger("api.http")


def problem(
    status: int, kind: str, detail_zh: str, detail_en: str, *, headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    """One problem; `type` is a stable name, `detail` is Chinese, `detail_en` English."""
    content: dict[str, Any] = {
        "type": f"urn:dajian:problem:{kind}",
        "title": kind.replace("-", " "),
        "status": status,
        "detail": detail_zh,
        "detail_en": detail_en,
        **more,
    }
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make an application answer every fault as a problem."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(StaleDataError, _stale)
    app.add_exception_handler(DBAPIError, _database_error)
    for kind in (RequestError, DataError, RoutingError, RulesError):
        app.add_exception_handler(kind, _lower_layer)
    app.add_exception_handler(ServiceUnavailableError, _unavailable)
    app.add_exception_handler(Exception, _internal)


def _service_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)  # noqa: S101 - the table of handlers says so
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    more: dict[str, object] = {}
    headers: dict[str, str] = {}
    if isinstance(error, InvalidError):
        more["faults"] = [asdict(fault) for fault in error.faults]
    if isinstance(error, ConflictError):
        more["faults"] = [asdict(reason) for reason in error.reasons]
    if isinstance(error, TooManyError):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    kind = type(error).__name__.removesuffix("Error").lower()
    return problem(status, kind, error.message_zh, error.message_en, headers=headers, **more)


def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - likewise
    faults = [
        {
            "field": ".".join(str(part) for part in fault["loc"]),
            "message_zh": f"内容不符合要求：{fault['msg']}",
            "message_en": str(fault["msg"]),
        }
        for fault in error.errors()
    ]
    return problem(_INVALID, "invalid", "填报内容有误", "what was sent has faults", faults=faults)


def _http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - likewise
    return problem(error.status_code, "http", str(error.detail), str(error.detail), headers=error.headers)


def _stale(request: Request, _error: Exception) -> JSONResponse:
    return _service_error(request, StaleError())


def _lower_layer(_request: Request, error: Exception) -> JSONResponse:
    faults = getattr(error, "faults", None) or (str(error),)
    listed = [{"field": "", "message_zh": str(fault), "message_en": str(fault)} for fault in faults]
    return problem(_INVALID, "invalid", "填报内容有误", "what was sent has faults", faults=listed)


def _database_error(request: Request, error: Exception) -> JSONResponse:
    sqlstate = str(getattr(getattr(error, "orig", None), "sqlstate", "") or "")
    if sqlstate.startswith(_NOT_TEXT) or isinstance(error, StorageDataError):  # the driver refuses NUL itself
        return problem(_INVALID, "invalid", "内容含有不能保存的字符或数值", "a value that cannot be stored")
    if isinstance(error, OperationalError):
        _log.warning("database unavailable", error=str(error))
        return problem(_UNAVAILABLE, "unavailable", "数据库暂不可用，请稍后重试", "the database is not available")
    return _internal(request, error)


def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return problem(_UNAVAILABLE, "unavailable", "服务暂不可用", str(error))


def _internal(request: Request, error: Exception) -> JSONResponse:
    _log.error("internal error", path=request.url.path, exc_info=error)
    return problem(_INTERNAL, "internal", "系统内部错误，已记录", "internal error; it has been logged")
