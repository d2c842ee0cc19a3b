"""One's own account (本账户): what is known of it, password, other sessions, invitations of colleagues."""

from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.accounts.authorise import may
from api.accounts.identify import COOKIE
from api.accounts.own_account import change_own_password, end_other_sessions, own_account
from api.accounts.permissions import Action, Role
from api.accounts.registration import first_account, invite
from api.accounts.roles import ROLE_ZH
from api.errors import InvalidError, TooManyError
from api.pages.account.typed import Faults, faults_of, typed
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_INVALID, _TOO_MANY = 422, 429
_DONE: Final = ("password", "sessions")


@router.get("/account")
def account_page(page: Page, done: str = "") -> Response:
    """What is known of the account, and what its owner may do with it."""
    return _page(page, done=done if done in _DONE else "")


@router.post("/account/password")
def post_password(page: FormPage) -> Response:
    """Change the password; all other sessions end."""
    words = typed(page, (), ("old_password", "new_password"))
    faults: Faults = {name: page.t("account.fault_missing") for name, text in words.items() if not text}
    status = _INVALID
    if not faults:
        sessions, token = page.request.app.state.sessions, page.request.cookies.get(COOKIE, "")
        try:
            change_own_password(page.work, sessions, words["old_password"], words["new_password"], session_token=token)
            return page.see_other("/account?done=password")
        except InvalidError as error:
            faults = faults_of(page, error)
        except TooManyError as error:
            faults, status = {"old_password": page.message_of(error)}, _TOO_MANY
    return _page(page, faults=faults, status=status)


@router.post("/account/sessions")
def post_sessions(page: FormPage) -> Response:
    """Sign out everywhere else."""
    end_other_sessions(page.work, session_token=page.request.cookies.get(COOKIE, ""))
    return page.see_other("/account?done=sessions")


@router.post("/account/invitations")
def post_invitation(page: FormPage) -> Response:
    """Make an invitation and show it, this once."""
    row, code = invite(page.work)
    return _page(page, invitation={"code": code, "until": moment_text(row.expires_at)})


def _page(
    page: PageContext,
    *,
    faults: Faults | None = None,
    done: str = "",
    invitation: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    account = own_account(page.work)
    is_first = account.carrier_id is not None and first_account(page.work, account.carrier_id) == account.id
    roles = [ROLE_ZH[Role(one)] if page.language == "zh" else one.replace("_", " ") for one in account.roles]
    words = {
        "account": account,
        "roles": roles,
        "belongs_to": account.carrier or account.body,
        "credit_code": account.carrier.credit_code if account.carrier else "",
        "created": moment_text(account.created_at),
        "has_password": account.password_hash is not None,
        "may_invite": is_first,
        "may_issue_tokens": may(page.work.actor, Action.MANAGE_TOKENS),
        "faults": faults or {},
        "done": done,
        "invitation": invitation,
    }
    return page.render("account.html.j2", words, status=status)
