"""The papers an application needs (材料清单): by class, trips and decisions wanted; what is there, what may follow."""

import copy
import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from sqlalchemy import select
from starlette.datastructures import FormData, UploadFile

from api.applications.attachments import add_attachment
from api.applications.papers import AttachmentKind
from api.applications.storage import Storage
from api.db.tables import Attachment
from api.errors import FieldFault, InvalidError, MediaTypeError, ServiceError, TooLargeError
from api.pages.my.form_typed import put_at, value_at
from api.reviews.request import facts_of
from api.unit_of_work import UnitOfWork
from data.errors import BadInputError
from data.vehicles import parse_vehicle
from rules.forms import Material, materials
from rules.review import classify

Json = dict[str, Any]
KINDS: Final[tuple[str, ...]] = get_args(AttachmentKind)
DRAWING: Final = "outline_drawing"
MOST_OF_A_KIND: Final = 20
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that lies with a paper."""

    id: str
    name: str
    size_kb: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper.

    Attributes:
        kind: Of the form's attachments, or the outline drawing.
        is_needed: Whether this application needs it.
        can_follow: Whether it may be promised to follow.
    """

    kind: str
    title_zh: str
    title_en: str
    is_needed: bool
    can_follow: bool
    files: tuple[Uploaded, ...]


def class_of(content: Json, on: dt.date) -> str:
    """The class of the vehicle as far as it is filled in; unknown where that does not tell it."""
    try:
        vehicle = parse_vehicle(json.dumps(content.get("whole")), source="whole")
    except (BadInputError, TypeError, ValueError):
        return _UNKNOWN
    return classify(facts_of(vehicle), on=on).vehicle_class


def papers_of(work: UnitOfWork, content: Json, vehicle_class: str) -> list[Paper]:
    """All kinds of papers, those needed first, with what lies there."""
    known = _files(work, content)
    rows = [_paper(one, content, vehicle_class, known) for one in materials().values() if _is_file(one)]
    other = Paper("other", "其他材料", "Other papers", False, False, _of_kind(content, "other", known))
    return [*sorted(rows, key=lambda one: not one.is_needed), other]


def _is_file(material: Material) -> bool:
    return material.form_field is None or material.form_field == DRAWING


def _paper(material: Material, content: Json, vehicle_class: str, known: dict[str, Uploaded]) -> Paper:
    wanted = {
        "always": True,
        "class": vehicle_class in material.classes,
        "several_trips": (value_at(content, "trip.trips") or 1) != 1,
        "temporary_plate": value_at(content, "items_wanted.temporary_plate") == "yes",
        "city_streets": value_at(content, "items_wanted.city_streets") == "yes",
        "never": False,
    }[material.needed]
    return Paper(
        material.id,
        material.title_zh,
        material.title_en,
        wanted,
        material.can_follow.value,
        _of_kind(content, material.id, known),
    )


def ids_of(content: Json, kind: str) -> list[str]:
    """Ids of the files of a kind."""
    if kind == DRAWING:
        drawing = content.get(DRAWING)
        return [drawing] if isinstance(drawing, str) else []
    listed = value_at(content, f"attachments.{kind}")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def _of_kind(content: Json, kind: str, known: dict[str, Uploaded]) -> tuple[Uploaded, ...]:
    return tuple(known[one] for one in ids_of(content, kind) if one in known)


def _files(work: UnitOfWork, content: Json) -> dict[str, Uploaded]:
    """What is known of the files a content names; another firm's are not."""
    ids = [one for kind in (*KINDS, DRAWING) for one in ids_of(content, kind)]
    wanted = [found for found in map(_uuid, ids) if found is not None]
    own = select(Attachment).where(Attachment.id.in_(wanted), Attachment.carrier_id == work.actor.carrier_id)
    rows = work.session.scalars(own) if wanted else ()
    return {
        str(row.id): Uploaded(str(row.id), row.name, max(1, round(row.size_bytes / 1000)), row.created_at)
        for row in rows
    }


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def take_papers(
    work: UnitOfWork, storage: Storage, form: FormData, content: Json, *, largest_bytes: int
) -> tuple[Json, list[FieldFault]]:
    """Put uploaded files to their papers and take away those that were ticked; what cannot be taken is said.

    Args:
        work: Of the firm's account.
        storage: Where the bytes go.
        form: With files named `file.KIND` and ticks named `drop`.
        content: The application's.
        largest_bytes: The most a file may have.
    """
    content = _without(copy.deepcopy(content), {str(one) for one in form.getlist("drop")})
    faults: list[FieldFault] = []
    for kind in (*KINDS, DRAWING):
        for upload in form.getlist(f"file.{kind}"):
            if not isinstance(upload, UploadFile) or not upload.filename:
                continue
            try:
                taken = add_attachment(work, storage, upload.file, upload.filename, largest_bytes=largest_bytes)
            except (InvalidError, MediaTypeError, TooLargeError) as error:
                faults.append(_refused(kind, upload.filename, error))
            else:
                _add(content, kind, str(taken.id))
    return content, faults


def put_ids(content: Json, kind: str, attachment: str) -> Json:
    """A content that names one more file of a kind."""
    found = copy.deepcopy(content)
    _add(found, kind, attachment)
    return found


def _add(content: Json, kind: str, attachment: str) -> None:
    if kind == DRAWING:
        content[DRAWING] = attachment
        return
    ids = ids_of(content, kind)
    if attachment not in ids and len(ids) < MOST_OF_A_KIND:
        put_at(content, f"attachments.{kind}", [*ids, attachment])


def _without(content: Json, dropped: set[str]) -> Json:
    """A content without some files; ticks are written `KIND:id`."""
    found = {**content}
    listed = content.get("attachments")
    if isinstance(listed, dict):
        kept = {kind: [one for one in ids_of(content, kind) if f"{kind}:{one}" not in dropped] for kind in listed}
        found["attachments"] = {kind: ids for kind, ids in kept.items() if ids}
    if any(f"{DRAWING}:{one}" in dropped for one in ids_of(content, DRAWING)):
        found.pop(DRAWING)
    return found


def _refused(kind: str, name: str, error: ServiceError) -> FieldFault:
    faults: Sequence[FieldFault] = getattr(error, "faults", ())
    zh = "；".join(one.message_zh for one in faults) or error.message_zh
    en = "; ".join(one.message_en for one in faults) or error.message_en
    return FieldFault(f"papers.{kind}", f"{name[:60]}：{zh}", f"{name[:60]}: {en}")
