"""Endpoints of the unified identity (统一身份认证接口)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from api.accounts.endpoints import give_cookie
from api.accounts.oidc import LIFETIME, Provider, begin, finish
from api.errors import UnauthenticatedError
from api.http.dependencies import Work

router = APIRouter(prefix="/api/v1/oidc", tags=["session 会话"])
STATE_COOKIE = "dajian_oidc_state"
_PATH = "/api/v1/oidc"
_SEE_OTHER = 303


@router.get("/begin", status_code=_SEE_OTHER, response_class=RedirectResponse, summary="统一身份登录 sign in there")
def get_begin(request: Request, work: Work) -> RedirectResponse:
    """Send the browser to the unified identity; 404 where none is configured."""
    provider = _provider(request)
    url, state = begin(work, provider)
    answer = RedirectResponse(url, _SEE_OTHER)
    secure = request.app.state.settings.secure_cookies
    seconds = int(LIFETIME.total_seconds())
    answer.set_cookie(STATE_COOKIE, state, max_age=seconds, path=_PATH, httponly=True, samesite="lax", secure=secure)
    return answer


@router.get("/callback", status_code=_SEE_OTHER, response_class=RedirectResponse, summary="统一身份返回 come back")
def get_callback(
    request: Request,
    work: Work,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=5000)] = "",
    error: Annotated[str, Query(max_length=500)] = "",
) -> RedirectResponse:
    """Take the answer of the unified identity and open the session."""
    provider = _provider(request)
    if error or not code or not state:
        raise UnauthenticatedError("统一身份认证未完成", "the sign-in there was not completed")
    cookie_state = request.cookies.get(STATE_COOKIE, "")
    opened = finish(work, provider, code=code, state=state, cookie_state=cookie_state)
    answer = RedirectResponse("/", _SEE_OTHER)
    give_cookie(answer, opened, request.app.state.settings)
    answer.delete_cookie(STATE_COOKIE, path=_PATH)
    return answer


def _provider(request: Request) -> Provider:
    # Tests bring a provider of their own behind a transport.
    return Provider.of(request.app.state.settings, getattr(request.app.state, "oidc_transport", None))
