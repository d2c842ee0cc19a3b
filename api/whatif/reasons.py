"""Advice on a refused load (试算建议): when it is looked for, and what a firm was told before about the same trip."""

import datetime as dt
import uuid
from functools import cache
from typing import Any, Final

from sqlalchemy import select

from api.db.tables import WhatIf
from api.reviews.settings import ReasonSettings, reason_settings
from api.unit_of_work import UnitOfWork
from api.whatif.probing import Probe, is_same_place, is_similar

PENDING: Final = "advice_pending"  # in a kept answer whose advice is still to be found
LOOKED_BACK: Final = dt.timedelta(days=90)
_UNCHANGED_PERMILLE, _LARGEST_MM = 1000, 12_000  # nothing below what is declared is tried


@cache
def no_advice() -> ReasonSettings:
    """What stands in the way is said at once; smaller loads and later days, which take seconds, are left out."""
    none_smaller = {
        "least_share_permille": _UNCHANGED_PERMILLE,
        "least_height_mm": _LARGEST_MM,
        "least_width_mm": _LARGEST_MM,
        "max_added_lines": 0,
        "max_added_spacing_mm": 0,
        "horizon_days": 1,
    }
    return reason_settings().model_copy(update=none_smaller)


def is_pending(row: WhatIf) -> bool:
    """Whether the advice of an answer is still to be found."""
    return row.answer.get(PENDING) is True


def suggestions_before(work: UnitOfWork, carrier_id: uuid.UUID, probe: Probe, percent: int) -> list[dict[str, Any]]:
    """What a firm was told about much the same load between the same places, for no case yet, each once.

    It goes along with every later question, so that it stays with whichever one becomes a case.
    """
    query = select(WhatIf.suggestions, WhatIf.question["probe"]).where(
        WhatIf.carrier_id == carrier_id, WhatIf.case_id.is_(None), WhatIf.asked_at > work.now - LOOKED_BACK
    )
    here = {"ways": [], "ends": probe["ends"]}
    found: list[dict[str, Any]] = []
    for suggestions, earlier in work.session.execute(query.order_by(WhatIf.asked_at)):
        is_same = earlier and is_same_place({"ways": [], "ends": earlier["ends"]}, here)
        if is_same and is_similar(earlier["load"][0], probe["load"][0], percent):
            found += [one for one in suggestions if one not in found]
    return found
