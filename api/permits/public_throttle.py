"""How often a stranger may check permits (公众核验限流): numbers of permits must not be found by trying them all."""

import datetime as dt
from typing import Final

from fastapi import Request

from api.accounts.throttle import count
from api.http.dependencies import Work
from api.settings import ServiceSettings

_MINUTE: Final = dt.timedelta(minutes=1)


def limit_strangers(request: Request, work: Work) -> None:
    """Count a check by somebody who is not signed in, by address.

    Raises:
        TooManyError: More than the settings let one address ask within a minute.
    """
    if work.actor.account_id is not None:
        return
    settings: ServiceSettings = request.app.state.settings
    address = request.client.host if request.client else ""
    most = settings.public_checks_a_minute
    count(request.app.state.sessions, f"public-check:{address}", most=most, per=_MINUTE, now=work.now)
