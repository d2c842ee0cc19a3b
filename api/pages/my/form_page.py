"""What the page of an application form shows (申请表页面): for drafts, and for forms of cases that are put right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from api.applications.archive_pieces import Kind
from api.applications.endpoints_attachments import storage_of
from api.applications.submit_faults import examine
from api.applications.submit_wording import wordings
from api.errors import FieldFault, InvalidError
from api.pages.my.form_derived import derive, last_day
from api.pages.my.form_faults import FormFaults, sort_faults
from api.pages.my.form_known import choices
from api.pages.my.form_papers import Paper, class_of, papers_of, take_papers
from api.pages.my.form_shown import Shown, names_of, sections_of
from api.pages.my.form_typed import read_typed
from api.pages.page import PageContext
from api.settings import ServiceSettings
from maps.vehicle_drawing import draw_vehicle

Json = dict[str, Any]
_MEGABYTE = 1_000_000
# Labels that stand in several sections are told apart by these.
_WHOSE = {
    "agent": "my.section_agent",
    "drivers": "my.section_drivers",
    "tractor": "my.group_tractor",
    "trailer": "my.group_trailer",
    "escort_plan": "my.section_escort",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form on its page.

    Attributes:
        content: As it is shown.
        carrier_id: Whose.
        shows_faults: Whether what is missing is said at its field: after an attempt to hand in.
        faults: Besides the form's own: of uploads, of the service.
        filled: Parts taken from the archive.
    """

    content: Json
    shows_faults: bool = False
    faults: tuple[FieldFault, ...] = ()
    filled: frozenset[str] = field(default=frozenset())


def form_words(page: PageContext, sheet: Sheet) -> dict[str, object]:
    """What the template of a form needs."""
    work, content = page.work, sheet.content
    assert work.actor.carrier_id is not None  # noqa: S101 - whoever reads drafts belongs to a firm
    examined = examine(work, work.actor.carrier_id, content)
    told = (*examined.faults, *_undeclared(content), *sheet.faults)
    found = sort_faults(told, content, names_of(content), page.language)
    vehicle_class = class_of(content, work.today)
    shown = Shown(page, content, found, sheet.shows_faults, sheet.filled, vehicle_class)
    papers = papers_of(work, content, vehicle_class)
    settings: ServiceSettings = page.request.app.state.settings
    return {
        "sections": sections_of(shown, {kind: choices(work, kind) for kind in Kind}),
        "fault_list": _fault_list(page, found, content) if sheet.shows_faults else [],
        "elsewhere": found.elsewhere if sheet.shows_faults else [],
        "fault_count": found.count,
        "paper_faults": {name: said for name, said in found.at.items() if name.startswith("papers.")},
        "papers": papers,
        "missing_papers": [_title(page, one) for one in papers if one.is_needed and not one.files],
        "lacks_escort": vehicle_class == "III" and not content.get("escort_plan"),
        "vehicle_class": vehicle_class,
        "firm": content.get("carrier", {}),
        "declared": _declared(content),
        "declared_faults": found.at.get("declarations.truthful", []) if sheet.shows_faults else [],
        "wordings": {one.id: one for one in wordings().values()},
        "drawing": drawing_of(content.get("whole"), page.language),
        "upload_mb": settings.upload_mb,
    }


def read_sheet(page: PageContext, base: Json, *, trip_days: int | None = None) -> tuple[Json, tuple[FieldFault, ...]]:
    """The content that was sent, with its files taken in, and what could not be taken."""
    settings: ServiceSettings = page.request.app.state.settings
    typed = last_day(derive(read_typed(page.form, base), base), trip_days)
    storage = storage_of(page.request)
    content, faults = take_papers(page.work, storage, page.form, typed, largest_bytes=settings.upload_mb * _MEGABYTE)
    return content, tuple(faults)


def take_files(page: PageContext, content: Json) -> Json:
    """A content with the files that were sent, and nothing else changed.

    Raises:
        InvalidError: A file cannot be taken; all of them.
    """
    settings: ServiceSettings = page.request.app.state.settings
    found, faults = take_papers(
        page.work, storage_of(page.request), page.form, content, largest_bytes=settings.upload_mb * _MEGABYTE
    )
    if faults:
        raise InvalidError(faults)
    return found


def drawing_of(whole: object, language: str) -> Markup | None:
    """The vehicle to scale; None while it is not filled in."""
    if not isinstance(whole, dict) or not isinstance(whole.get("axles"), list):
        return None
    return draw_vehicle(whole, language=language)


def _undeclared(content: Json) -> tuple[FieldFault, ...]:
    """What the form itself does not name: the declaration of truth, where it was not made."""
    if _declared(content)["truthful"]:
        return ()
    zh, en = "请阅读并确认材料真实的承诺", "read and agree to the declaration of truth"
    return (FieldFault("declarations.truthful", zh, en),)


def _declared(content: Json) -> Json:
    """What was ticked."""
    said = content.get("declarations")
    known = said if isinstance(said, dict) else {}
    follow = known.get("materials_to_follow")
    return {
        "truthful": known.get("truthful") is True,
        "promise_accepted": known.get("promise_accepted") is True,
        "materials_to_follow": follow if isinstance(follow, list) else [],
    }


def _fault_list(page: PageContext, found: FormFaults, content: Json) -> list[tuple[str, str, str]]:
    """Name of the field, its label, what is wrong; in the order of the page."""
    labels = names_of(content)
    order = {name: place for place, name in enumerate(labels)}
    rows: Iterable[str] = sorted(found.at, key=lambda name: order.get(name, len(order)))
    return [(name, _label(page, name, labels), "；".join(found.at[name])) for name in rows]


def _label(page: PageContext, name: str, labels: dict[str, str]) -> str:
    if name not in labels:
        return page.t("my.section_papers")
    label = page.t(f"my.f_{labels[name]}")
    whose = _WHOSE.get(name.partition(".")[0])
    return f"{page.t(whose)} · {label}" if whose else label


def _title(page: PageContext, paper: Paper) -> str:
    return paper.title_zh if page.language == "zh" else paper.title_en
