"""Sign-in through a unified identity (统一身份认证, OpenID Connect): authorization code with PKCE, state and nonce.

The slot is empty until issuer and client are configured. Who proves an identity there gets the session of the account
that is linked to it; no account is made, and no role comes from outside.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped] # no stubs in use
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped] # likewise
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped] # likewise
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped] # likewise
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, select, text

from api.accounts.permissions import Role
from api.accounts.sign_in import OpenedSession, open_session
from api.accounts.tokens import hash_of, new_token
from api.db.tables import Account, OidcAttempt
from api.errors import NotFoundError, ServiceUnavailableError, UnauthenticatedError
from api.provinces.settings import text_setting
from api.settings import ServiceSettings
from api.unit_of_work import UnitOfWork

LIFETIME: Final = dt.timedelta(minutes=10)
TIMEOUT_S: Final = 10.0
SCOPE: Final = "openid profile"
# Signatures with a public key only: with "none" or a shared secret the token would prove nothing.
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
_LEEWAY_S: Final = 60
_log = structlog.get_logger("api.oidc")


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the identity is proved (身份提供方): what its configuration says, and how it is reached."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    transport: httpx.BaseTransport | None = None

    @classmethod
    def of(cls, settings: ServiceSettings, transport: httpx.BaseTransport | None = None) -> "Provider":
        """The provider that is configured.

        Raises:
            NotFoundError: None is.
        """
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            raise NotFoundError("未接入统一身份认证", "no unified identity is configured")
        secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
        redirect_uri = f"{settings.public_url.rstrip('/')}/api/v1/oidc/callback"
        return cls(settings.oidc_issuer.rstrip("/"), settings.oidc_client_id, secret, redirect_uri, transport)

    def metadata(self) -> dict[str, Any]:
        """Its published configuration.

        Raises:
            ServiceUnavailableError: It cannot be read, or speaks of another issuer.
        """
        found = self._get(f"{self.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.issuer:
            raise ServiceUnavailableError(f"the identity provider says it is {found.get('issuer')!r}")
        return found

    def keys(self, metadata: Mapping[str, Any]) -> KeySet:
        """The public keys it signs with."""
        return KeySet.import_key_set(self._get(str(metadata["jwks_uri"])))  # type: ignore[arg-type] # JSON from outside

    def authorization_url(self, endpoint: str, *, state: str, nonce: str, verifier: str) -> str:
        """The address to send the browser to."""
        return str(
            prepare_grant_uri(
                endpoint,
                client_id=self.client_id,
                response_type="code",
                redirect_uri=self.redirect_uri,
                scope=SCOPE,
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    def exchange(self, endpoint: str, code: str, verifier: str) -> str:
        """Take a code for an id token.

        Raises:
            UnauthenticatedError: The code is not taken.
            ServiceUnavailableError: The provider does not answer.
        """
        given = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        given |= {"redirect_uri": self.redirect_uri, "client_id": self.client_id}
        secret = httpx.BasicAuth(quote(self.client_id), quote(self.client_secret)) if self.client_secret else None
        try:
            with httpx.Client(transport=self.transport, timeout=TIMEOUT_S) as client:
                answer = client.post(endpoint, data=given, auth=secret or httpx.USE_CLIENT_DEFAULT)
                content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceUnavailableError(f"the identity provider does not answer: {error}") from error
        token = content.get("id_token") if answer.is_success and isinstance(content, dict) else None
        if not isinstance(token, str):
            raise refused(f"the code: {answer.status_code}")
        return token

    def _get(self, url: str) -> dict[str, Any]:
        try:
            with httpx.Client(transport=self.transport, timeout=TIMEOUT_S) as client:
                answer = client.get(url).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceUnavailableError(f"the identity provider does not answer: {error}") from error
        if not isinstance(answer, dict):
            raise ServiceUnavailableError("the identity provider answers something else")
        return answer


def begin(work: UnitOfWork, provider: Provider) -> tuple[str, str]:
    """Begin a sign-in.

    Returns:
        The address to send the browser to, and the state that its cookie must bring back.
    """
    endpoint = str(provider.metadata()["authorization_endpoint"])
    state, nonce, verifier = new_token(), new_token(), new_token()
    work.session.execute(delete(OidcAttempt).where(OidcAttempt.expires_at < work.now))
    row = OidcAttempt(state_hash=hash_of(state), nonce=nonce, code_verifier=verifier)
    row.expires_at = work.now + LIFETIME
    work.session.add(row)
    return provider.authorization_url(endpoint, state=state, nonce=nonce, verifier=verifier), state


def finish(work: UnitOfWork, provider: Provider, *, code: str, state: str, cookie_state: str) -> OpenedSession:
    """Finish a sign-in: take the code for a token, check it, open the session of the linked account.

    Raises:
        UnauthenticatedError: State, token or subject is not right; each state works once.
        ServiceUnavailableError: The provider does not answer.
    """
    if state != cookie_state:
        raise refused("the state is not that of this browser")
    attempt = work.session.scalar(
        delete(OidcAttempt).where(OidcAttempt.state_hash == hash_of(state)).returning(OidcAttempt)
    )
    if attempt is None or attempt.expires_at <= work.now:
        raise refused("the state is unknown, used or too old")
    metadata = provider.metadata()
    token = provider.exchange(str(metadata["token_endpoint"]), code, attempt.code_verifier)
    claims = check_id_token(provider, metadata, token, nonce=attempt.nonce, now=work.now)
    account = _account_of(work, claims)
    if account is None or not account.is_active or account.kind == "service":
        raise UnauthenticatedError(
            "该统一身份没有可用的账号，请联系管理员", "no open account is linked to this identity"
        )
    return open_session(work, account)


def check_id_token(
    provider: Provider, metadata: Mapping[str, Any], token: str, *, nonce: str, now: dt.datetime
) -> dict[str, Any]:
    """The claims of an id token that is genuine, ours, fresh, and of this sign-in.

    Raises:
        UnauthenticatedError: It is not.
    """
    try:
        decoded = jwt.decode(token, provider.keys(metadata), algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": provider.client_id},
            "exp": {"essential": True},
            "sub": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": provider.client_id}
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
    except (JoseError, AuthlibBaseError, ValueError) as error:
        raise refused(f"the id token: {error}") from error
    return dict(decoded.claims)


def _account_of(work: UnitOfWork, claims: Mapping[str, Any]) -> Account | None:
    """The linked account; one whose login a verified claim names is linked now, if the setting says so."""
    subject = f"{claims['iss']}#{claims['sub']}"
    linked = work.session.scalar(select(Account).where(Account.oidc_subject == subject))
    claim = text_setting(work, "oidc_login_claim", None, work.today)
    if linked is not None or not claim or claims.get(f"{claim}_verified") is not True:
        return linked
    work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"oidc:{subject}"})
    account = work.session.scalar(
        select(Account).where(Account.login == str(claims.get(claim, ""))).with_for_update(of=Account)
    )
    if account is None or account.oidc_subject or account.kind == "service" or Role.ADMIN in account.roles:
        return None
    account.oidc_subject = subject
    work.session.flush()
    work.record("identity_linked", account=str(account.id), login=account.login, by_claim=claim)
    return account


def refused(why: str) -> UnauthenticatedError:
    """The reason goes into the log, not to whoever tries."""
    _log.warning("sign-in refused", why=why)
    return UnauthenticatedError("统一身份认证未通过，请重新登录", "the sign-in was not accepted: try again")
