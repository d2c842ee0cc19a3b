"""The description of the API (OpenAPI): stable names of operations, and the faults every one of them may answer with.

Faults are raised below the endpoints and turned into problems in one place, so they are described in one place too:
which statuses an operation can answer with follows from its method, its path and its parameters.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from api.http.problems import MEDIA_TYPE

PREFIX: Final = "/api/v1"
WORDS: Final[Mapping[int, str]] = {
    400: "请求无法读取 the request cannot be read",
    401: "未登录，或者令牌无效 not signed in, or the key is not known",
    403: "没有权限，或者缺少防伪令牌 not permitted, or the CSRF token is missing",
    404: "没有此项，或者无权知道 no such thing, or not for this account to know of",
    409: "当前状态下不能办理，faults 逐项列明 not in a state in which this can be done; every reason in `faults`",
    412: "内容已被他人更新 somebody else changed it meanwhile",
    413: "内容超过允许的大小 more bytes than are taken",
    415: "不接受的文件类型 a kind of file that is not taken",
    422: "填报内容有误，faults 逐项列明 what was sent has faults; every one in `faults`",
    429: "过于频繁，Retry-After 为等候秒数 too often; `Retry-After` says how many seconds to wait",
    503: "服务暂不可用 something the service needs is not there",
}
PAGING: Final = {"limit": "每页条数 rows a page", "offset": "跳过条数 rows to skip"}
_WRITES: Final = frozenset({"post", "put", "patch", "delete"})


class FaultOut(BaseModel):
    """一项错误 one fault."""

    field: str = Field(description="字段、选项或条件 field, option or condition")
    message_zh: str
    message_en: str


class Problem(BaseModel):
    """错误 a fault as problem+json (RFC 9457)."""

    type: str = Field(description="稳定的名称 a stable name: urn:dajian:problem:…")
    title: str
    status: int
    detail: str = Field(description="中文说明 in Chinese")
    detail_en: str = Field(description="英文说明 in English")
    faults: list[FaultOut] = Field(default=[], description="逐项列明，只在 409 和 422 each fault; with 409 and 422")


def operation_id(route: APIRoute) -> str:
    """The name of an operation, from its method and path: `get_cases_case_id_report`."""
    method = min(route.methods or {"get"}).lower()
    path = route.path_format.removeprefix(PREFIX)
    words = "".join(letter if letter.isalnum() else "_" for letter in f"{method}_{path}").split("_")
    return "_".join(filter(None, words))


def install(app: FastAPI) -> None:
    """Make an application describe its faults."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign] # FastAPI's documented way


def _describe(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schemas["Problem"].pop("$defs")
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _add_problems(operation, path, method)
            _describe_paging(operation)
    return found


def _describe_paging(operation: Mapping[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in PAGING:
            parameter.setdefault("description", PAGING[parameter["name"]])


def _add_problems(operation: dict[str, Any], path: str, method: str) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = operation["responses"]
    if "422" in responses and "HTTPValidationError" in str(responses["422"]):
        del responses["422"]
    for status in _statuses(operation, path, method):
        responses.setdefault(str(status), {"description": WORDS[status], "content": content})


def _statuses(operation: Mapping[str, Any], path: str, method: str) -> Iterator[int]:
    """Statuses of faults an operation may answer with."""
    yield 503
    if not path.startswith(PREFIX):
        return
    yield from (401, 403, 404, 409, 429)
    headers = {one["name"].lower() for one in operation.get("parameters", ()) if one["in"] == "header"}
    if operation.get("parameters") or "requestBody" in operation:
        yield 422
    if method in _WRITES:
        yield 413
    if "requestBody" in operation:
        yield from (400, 415)
    if "if-match" in headers:
        yield 412
