"""A page being answered (页面): who asks, in which language, and how a template becomes the answer.

`Page` is for reading. `FormPage` is for forms: it reads the form first and refuses one without the session's own
token, so that no other site can send it off; scripts are not needed for that.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData

from api.accounts.identify import COOKIE as SESSION_COOKIE
from api.accounts.identify import CSRF_HEADER, identify
from api.accounts.sign_in import csrf_of
from api.db.engine import transaction
from api.errors import ServiceError
from api.http.dependencies import Work, current_time
from api.notifications.unread import count_unread
from api.pages.files import static_address
from api.pages.language import LANGUAGES, Language, language_of, say
from api.pages.navigation import entries_for
from api.settings import ServiceSettings
from api.unit_of_work import Actor, UnitOfWork

CSRF_FIELD: Final = "csrf_token"
_TEMPLATES: Final = Path(__file__).with_name("templates")
_SEE_OTHER: Final = 303


@dataclass(frozen=True)
class PageContext:
    """One request for a page.

    Attributes:
        request: As it came.
        work: Its transaction; `work.actor` is who asks.
        language: The one the reader has chosen.
        form: What was sent; empty for a page that is only read.
    """

    request: Request
    work: UnitOfWork
    language: Language
    form: FormData

    def t(self, key: str, **values: object) -> str:
        """A message of the catalogue."""
        return say(self.language, key, **values)

    def field(self, name: str) -> str:
        """A text field of the form without spaces around it; empty if it is missing."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def message_of(self, error: ServiceError) -> str:
        """What a fault says, in the reader's language."""
        return error.message_zh if self.language == "zh" else error.message_en

    def render(
        self, template: str, context: Mapping[str, object] = MappingProxyType({}), *, status: int = 200
    ) -> HTMLResponse:
        """Answer with a template of `templates/` and what it is to show."""
        token = csrf_of(self.work, self.request.cookies.get(SESSION_COOKIE))
        words = {"unread": count_unread(self.work), **context}
        return render(
            self.request, self.language, template, words, status=status, actor=self.work.actor, csrf_token=token
        )

    def see_other(self, path: str) -> RedirectResponse:
        """Lead to another page of ours after a form was taken."""
        return RedirectResponse(local_path(path), _SEE_OTHER)


def open_page(request: Request, work: Work) -> PageContext:
    """A page that is read."""
    return PageContext(request, work, language_of(request), FormData())


async def read_form(request: Request) -> AsyncIterator[FormData]:
    """The fields that were sent; files are closed after the answer."""
    async with request.form(max_files=50, max_fields=1000) as form:
        yield form


def open_form_page(request: Request, form: Annotated[FormData, Depends(read_form)]) -> Iterator[PageContext]:
    """A page whose form was sent: the form's token stands in for the header that scripts send."""
    now = current_time(request)
    token = form.get(CSRF_FIELD, "")
    proof = (CSRF_HEADER.lower().encode(), str(token).encode("utf-8", "replace"))
    with_proof = Request({**request.scope, "headers": [*request.scope["headers"], proof]})
    with transaction(request.app.state.sessions) as session:
        actor = identify(with_proof, session, now)
        yield PageContext(request, UnitOfWork(session, actor, now), language_of(request), form)


Page = Annotated[PageContext, Depends(open_page, scope="function")]
FormPage = Annotated[PageContext, Depends(open_form_page, scope="function")]


def local_path(path: str) -> str:
    """The path if it is one of this site, else the start page."""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_local else "/"


def render(
    request: Request,
    language: Language,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    actor: Actor,
    csrf_token: str | None = None,
) -> HTMLResponse:
    """A template as an answer, with what every page needs."""
    settings: ServiceSettings = request.app.state.settings
    path = request.url.path
    here = path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    words: dict[str, Any] = {
        "t": lambda key, **values: say(language, key, **values),
        "language": language,
        "other_language": next(one for one in LANGUAGES if one != language),
        "here": here + query,
        "path": path,
        "actor": actor if actor.account_id else None,
        "entries": entries_for(actor),
        "csrf_token": csrf_token,
        "is_demo": settings.demo,
        "unread": 0,
    }
    html = templates().get_template(template).render(words | dict(context))
    headers = {"Cache-Control": "no-store" if actor.account_id else "no-cache", "Content-Language": language}
    return HTMLResponse(html, status, headers)


@cache
def templates() -> Environment:
    """The templates; a name that is not there is a fault, not an empty text."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_address
    return environment
