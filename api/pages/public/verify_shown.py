"""The answer to a check of a permit (查验结果): one plain word first, then what anybody may know."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from api.errors import NotFoundError
from api.pages.language import Language, say
from api.pages.moments import moment_text
from api.permits import verify_wording
from api.permits.public_service import public_permit, verify_evidence
from api.permits.record import PermitRecord
from api.permits.shapes import PublicPermit, public_out
from api.permits.signed import PREFIX
from api.permits.wording import CLASS
from api.unit_of_work import UnitOfWork
from maps.sentences import format_measure

NUMBER: Final = re.compile(r"[0-9A-Z-]{6,24}")
LONGEST_TEXT: Final = 5_000
_STATES: Final = {
    "valid": "passes",
    "genuine": "passes",
    "awaiting_check": "conditional",
    "not_yet_valid": "conditional",
    "unreadable": "unknown",
    "unknown_key": "blocked",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check says.

    Attributes:
        state: passes, conditional, unknown or blocked, for colour and sign.
        words: The answer in a word or two.
        reasons: Why, and what is still to be looked at.
        facts: What anybody may know: names and texts.
        is_demo: Whether the permit is one of the demonstration.
        checked_at: Moment of the check, local time.
    """

    state: str
    words: str
    reasons: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    is_demo: bool
    checked_at: str


def is_number(text: str) -> bool:
    """Whether a text looks like the number of a permit."""
    return NUMBER.fullmatch(text) is not None


def by_number(work: UnitOfWork, number: str, language: Language) -> Answer:
    """The answer for a number (按证号查验); an unknown number is an answer too."""
    try:
        found = public_out(public_permit(work, number), work.today)
    except NotFoundError:
        words, reason = say(language, "public.no_such_permit"), say(language, "public.no_such_permit_text")
        return Answer(
            "blocked", words, (reason,), ((say(language, "public.permit_number"), number),), False, _now(work)
        )
    return Answer(
        state=_STATES.get(found.status, "blocked"),
        words=found.status_en if language == "en" else found.status_zh,
        reasons=(say(language, "public.compare_plates"),),
        facts=tuple(_public_facts(found, language)),
        is_demo=found.is_demo,
        checked_at=_now(work),
    )


def by_evidence(work: UnitOfWork, evidence: str | bytes, language: Language) -> Answer:
    """The answer for the text of a QR code or a file (按二维码或文件查验)."""
    checked = verify_evidence(work, evidence)
    found = checked.verification
    outcome = verify_wording.OUTCOME[found.outcome]
    reasons = [one.en if language == "en" else one.zh for one in found.reasons]
    if found.record is not None and not checked.known:
        reasons.insert(0, say(language, "public.not_known_here"))
    return Answer(
        state=_STATES.get(found.outcome, "blocked"),
        words=outcome.en if language == "en" else outcome.zh,
        reasons=tuple(reasons),
        facts=tuple(_record_facts(found.record, found.holder, language)) if found.record else (),
        is_demo=found.record is not None and found.record.is_demo,
        checked_at=_now(work),
    )


def is_code(text: str) -> bool:
    """Whether a text is that of a QR code rather than a number."""
    return text.startswith(PREFIX)


def _now(work: UnitOfWork) -> str:
    return moment_text(work.now)


def _public_facts(one: PublicPermit, language: Language) -> list[tuple[str, str]]:
    plates = "、".join(one.plates)
    rows = [
        ("public.permit_number", f"{one.number}"),
        ("public.issuer", one.issuer),
        ("public.class", one.vehicle_class_zh if language == "zh" else _class_en(one.vehicle_class_zh)),
        ("public.plates", plates),
        ("public.valid", _dates(one.valid_from, one.valid_until, language)),
        ("public.trips", str(one.trips_allowed)),
        ("public.issue", str(one.version)),
    ]
    return [(say(language, key), text) for key, text in rows]


def _class_en(zh: str) -> str:
    return next((words.en for words in CLASS.values() if words.zh == zh), zh)


def _dates(first: dt.date, last: dt.date, language: Language) -> str:
    return say(language, "public.from_until", first=first.isoformat(), last=last.isoformat())


def _record_facts(one: PermitRecord, holder: str | None, language: Language) -> list[tuple[str, str]]:
    """What the signed code itself says: whoever holds it has it before them."""
    sizes = (one.size.length_mm, one.size.width_mm, one.size.height_mm)
    kind = CLASS[one.vehicle_class]
    rows = [
        ("public.permit_number", one.number),
        ("public.issuer", holder or ""),
        ("public.class", kind.en if language == "en" else kind.zh),
        ("public.plates", "、".join(one.plates)),
        ("public.valid", _dates(one.valid_from, one.valid_until, language)),
        ("public.trips", str(one.trips)),
        ("public.sizes", " × ".join(format_measure(size, "mm") for size in sizes)),
        ("public.gross_mass", format_measure(one.size.gross_mass_kg, "kg")),
        ("public.axles", " · ".join(format_measure(load, "kg") for load in one.axle_loads_kg)),
        ("public.stations", " → ".join(name for _id, name in (one.entry, one.exit) if name)),
        ("public.route_length", f"{one.route_length_m / 1000:.1f} km"),
    ]
    return [(say(language, key), text) for key, text in rows if text]
