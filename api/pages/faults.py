"""Faults as pages (错误页): the same table of statuses as everywhere, shown as a page to who asked for one."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.language import catalogue, language_of
from api.pages.page import render
from api.unit_of_work import NOBODY

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]
_UNAUTHENTICATED: Final = 401
_NOT_PAGES: Final = ("/api/", "/tiles/", "/glyphs/", "/static/", "/map/style/")


def install(app: FastAPI) -> None:
    """Show every fault as a page to who asks for pages; the problem's own handlers stay."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _as_page(handler))


def wants_page(request: Request) -> bool:
    """Whether a request comes from somebody who reads."""
    is_page = not request.url.path.startswith(_NOT_PAGES)
    return is_page and "text/html" in request.headers.get("Accept", "")


def _as_page(handler: Handler) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        answer = handler(request, error)
        assert isinstance(answer, Response)  # noqa: S101 - ours are plain functions
        if not wants_page(request):
            return answer
        if answer.status_code == _UNAUTHENTICATED and request.method == "GET":
            back = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""), safe="/")
            return RedirectResponse(f"/sign-in?next={back}", 303)
        return _page(request, answer)

    return handle


def _page(request: Request, answer: Response) -> Response:
    problem: dict[str, Any] = json.loads(bytes(answer.body))
    language = language_of(request)
    status = answer.status_code
    key = f"faults.title_{status}"
    is_bare = problem["type"].endswith(":http")
    context = {
        "title_key": key if key in catalogue() else "faults.title",
        "status": status,
        # What the framework says of an address it does not know is English alone; the title says it already.
        "detail": None if is_bare else problem["detail" if language == "zh" else "detail_en"],
        "faults": [one[f"message_{language}"] for one in problem.get("faults", ())],
        "hint_key": f"faults.hint_{status}" if f"faults.hint_{status}" in catalogue() else None,
    }
    page = render(request, language, "fault.html.j2", context, status=status, actor=NOBODY)
    for name in ("retry-after",):
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    return page
