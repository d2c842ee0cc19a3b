"""The first pages (首页、登录、语言) and the files that all pages use."""

import datetime as dt
import json
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.accounts.endpoints import give_cookie, refuse_other_sites
from api.accounts.identify import COOKIE as SESSION_COOKIE
from api.accounts.sign_in import OpenedSession, sign_in, sign_out
from api.errors import ForbiddenError, NotFoundError, TooManyError, UnauthenticatedError
from api.pages.account.endpoints import router as account_router
from api.pages.admin.endpoints import router as admin_router
from api.pages.desk.endpoints import router as desk_router
from api.pages.files import static_file
from api.pages.holdings.endpoints import router as holdings_router
from api.pages.inbox.endpoints import router as inbox_router
from api.pages.inspection.endpoints import router as inspect_router
from api.pages.language import COOKIE, Language
from api.pages.map_endpoints import router as map_router
from api.pages.my.endpoints import router as my_router
from api.pages.page import FormPage, Page, PageContext, local_path
from api.pages.plan.endpoints import router as plan_router
from api.pages.public.endpoints import router as public_router
from api.pages.start import demo_groups, example_drawing, ways_of
from api.settings import ServiceSettings

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
router.include_router(map_router)
router.include_router(public_router)
router.include_router(plan_router)
router.include_router(desk_router)
router.include_router(inspect_router)
router.include_router(admin_router)
router.include_router(inbox_router)
router.include_router(holdings_router)
router.include_router(account_router)
router.include_router(my_router)
LOGINS: Final = "demo_logins.json"
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"
_YEAR_S: Final = int(dt.timedelta(days=365).total_seconds())
_LONGEST_LOGIN, _LONGEST_PASSWORD = 100, 200
_UNAUTHENTICATED, _TOO_MANY = 401, 429


@router.get("/")
def start_page(page: Page) -> Response:
    """The start page; in demo mode with the accounts one may try."""
    settings: ServiceSettings = page.request.app.state.settings
    words = {"demo": _demo_logins(settings, page.language), "ways": ways_of(page.work.actor)}
    return page.render("start.html.j2", words | {"example": example_drawing(page.language)})


@router.get("/sign-in")
def sign_in_page(page: Page, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:  # noqa: A002 - its name in addresses
    """The form to sign in."""
    return page.render("sign_in.html.j2", {"next": local_path(next), "login": "", "fault": None})


@router.post("/sign-in")
def post_sign_in(page: FormPage) -> Response:
    """Sign in; what is wrong is said on the form."""
    _refuse_other_origins(page.request)
    login = page.field("login")
    try:
        opened = _sign_in(page, login, str(page.form.get("password", "")))
    except (UnauthenticatedError, TooManyError) as error:
        status = _TOO_MANY if isinstance(error, TooManyError) else _UNAUTHENTICATED
        words = {"next": local_path(page.field("next")), "login": login, "fault": page.message_of(error)}
        return page.render("sign_in.html.j2", words, status=status)
    answer = page.see_other(page.field("next"))
    give_cookie(answer, opened, page.request.app.state.settings)
    return answer


@router.post("/sign-out")
def post_sign_out(page: FormPage) -> Response:
    """Sign out."""
    sign_out(page.work, page.request.cookies.get(SESSION_COOKIE, ""))
    answer = page.see_other("/")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.get("/language/{language}")
def choose_language(
    request: Request, language: Language, back: Annotated[str, Query(max_length=2000)] = "/"
) -> Response:
    """Keep the chosen language for a year and lead back."""
    settings: ServiceSettings = request.app.state.settings
    answer = RedirectResponse(local_path(back), 303)
    answer.set_cookie(COOKIE, language, max_age=_YEAR_S, samesite="lax", secure=settings.secure_cookies)
    return answer


@router.get("/static/{version}/{name}")
def get_static(request: Request, version: str, name: Annotated[str, Path(max_length=80)]) -> Response:
    """A file of the pages; under its own version it never changes."""
    file = static_file(name)
    if file is None:
        raise NotFoundError("没有这个文件", "there is no such file")
    tag = f'"{file.version}"'
    headers = {"ETag": tag, "Cache-Control": _FOR_A_YEAR if version == file.version else "no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


def _sign_in(page: PageContext, login: str, password: str) -> OpenedSession:
    is_login = 0 < len(login) <= _LONGEST_LOGIN and login.isprintable()
    if not is_login or not 0 < len(password) <= _LONGEST_PASSWORD:
        raise UnauthenticatedError("请填写账号和口令", "enter login and password")
    address = page.request.client.host if page.request.client else ""
    return sign_in(page.work, page.request.app.state.sessions, login, password, address=address)


def _refuse_other_origins(request: Request) -> None:
    """Refuse a sign-in that another site's page sent off, also where the browser is an old one."""
    refuse_other_sites(request)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        raise ForbiddenError("不接受来自其他网站的登录请求", "sign-in from another site is refused")


def _demo_logins(settings: ServiceSettings, language: Language) -> dict[str, object] | None:
    """The accounts of the demo and their password; only in demo mode, and only if they were made."""
    if not settings.demo:
        return None
    try:
        found = json.loads((settings.var / LOGINS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {"password": found["password"], "groups": demo_groups(found["logins"], language)}
