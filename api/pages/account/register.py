"""Registration (企业注册): a firm with its first account, or joining by invitation; then signed in at once."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.accounts.endpoints import give_cookie, refuse_other_sites
from api.accounts.passwords import check_new_password
from api.accounts.registration import NewFirm, join_firm, register_firm
from api.accounts.registration_endpoints import FirmIn, JoinIn
from api.accounts.sign_in import open_session
from api.cases.savepoint import attempt
from api.checks.identifiers import is_uscc
from api.db.tables import Account
from api.errors import ConflictError, ForbiddenError, InvalidError, TooManyError
from api.pages.account.typed import Faults, faults_of, read, typed
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_FIRM: Final = ("name", "credit_code", "display_name", "login")
_JOIN: Final = ("invitation", "display_name", "login")
_SECRET: Final = ("password",)
_INVALID, _CONFLICT, _TOO_MANY = 422, 409, 429


@router.get("/register")
def register_page(page: Page, invitation: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The two forms: register a firm, or join one."""
    return _page(page, "join" if invitation else "firm", {"invitation": invitation}, {})


@router.post("/register")
def post_firm(page: FormPage) -> Response:
    """Register a firm; whoever does is signed in at once."""
    _refuse_other_origins(page.request)
    values = typed(page, _FIRM, _SECRET)
    firm, faults = read(page, FirmIn, values)
    faults = _refused_later(page, values) | faults
    if firm is None or faults:
        return _page(page, "firm", values, faults, status=_INVALID)
    new = NewFirm(firm.name, firm.credit_code, firm.login, firm.display_name, firm.password)
    sessions, address = page.request.app.state.sessions, _address(page.request)
    return _tried(page, "firm", values, lambda: register_firm(page.work, sessions, new, address=address))


@router.post("/register/join")
def post_join(page: FormPage) -> Response:
    """Join a firm with an invitation; whoever does is signed in at once."""
    _refuse_other_origins(page.request)
    values = typed(page, _JOIN, _SECRET)
    new, faults = read(page, JoinIn, values)
    if new is None:
        return _page(page, "join", values, faults, status=_INVALID)
    join = partial(
        join_firm,
        page.work,
        page.request.app.state.sessions,
        new.invitation,
        login=new.login,
        display_name=new.display_name,
        password=new.password,
        address=_address(page.request),
    )
    return _tried(page, "join", values, join)


def _refused_later(page: PageContext, values: dict[str, str]) -> Faults:
    """What registering would refuse one after the other, so that all faults of the form are told at once."""
    found: Faults = {}
    if values["credit_code"] and not is_uscc(values["credit_code"].upper()):
        found["credit_code"] = page.t("account.fault_credit_code")
    if values["password"] and values["login"]:
        try:
            check_new_password(values["password"], values["login"])
        except InvalidError as error:
            found |= faults_of(page, error)
    return found


def _tried(page: PageContext, form: str, values: dict[str, str], make: Callable[[], Account]) -> Response:
    """Make the account, whole or not at all: a firm whose account cannot be made is none."""
    made: list[Account] = []
    try:
        attempt(page.work, lambda: made.append(make()))
    except InvalidError as error:
        return _page(page, form, values, faults_of(page, error), status=_INVALID)
    except (ConflictError, TooManyError) as error:
        return _refused(page, form, values, error)
    return _signed_in(page, made[0])


def _page(
    page: PageContext, form: str, values: dict[str, str], faults: Faults, *, status: int = 200, refused: str = ""
) -> Response:
    shown = {name: values.get(name, "") for name in {*_FIRM, *_JOIN}}
    words = {"form": form, "values": shown, "faults": faults, "refused": refused}
    return page.render("account_register.html.j2", words, status=status)


def _refused(page: PageContext, form: str, values: dict[str, str], error: ConflictError | TooManyError) -> Response:
    status = _TOO_MANY if isinstance(error, TooManyError) else _CONFLICT
    return _page(page, form, values, {}, status=status, refused=page.message_of(error))


def _signed_in(page: PageContext, account: Account) -> Response:
    page.work.session.flush()
    opened = open_session(page.work, account)
    answer = page.see_other("/my?welcome=1")
    give_cookie(answer, opened, page.request.app.state.settings)
    return answer


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _refuse_other_origins(request: Request) -> None:
    """Refuse a form that another site's page sent off: nobody is signed in yet, so there is no token to ask for."""
    refuse_other_sites(request)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        raise ForbiddenError("不接受来自其他网站的注册请求", "registration from another site is refused")
