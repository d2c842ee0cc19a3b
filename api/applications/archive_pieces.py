"""The pieces of a form that are archived (存档的部分): where each stands in a form, and what it is called."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from api.applications.errors import Fault
from api.applications.form_reading import preview

Json = dict[str, Any]
ROUTE_FIELDS: Final = ("origin", "destination", "via", "line", "route_text")
# Of one trip only: thirty blades of one kind are one cargo in the archive.
PIECE_FIELDS: Final = frozenset({"serial_number", "piece"})


class Kind(StrEnum):
    """What is archived (存档种类)."""

    CARRIER = "carrier"  # 承运单位
    AGENT = "agent"  # 经办人
    DRIVER = "driver"  # 驾驶员
    TRACTOR = "tractor"  # 牵引车
    TRAILER = "trailer"  # 挂车
    CARGO = "cargo"  # 货物
    ROUTE = "route"  # 路线
    DOCUMENT = "document"  # 材料
    ESCORT = "escort"  # 护送方案


@dataclass(frozen=True, slots=True)
class Piece:
    """One archived thing: kind, what people call it, content."""

    kind: Kind
    label: str
    content: Json


def pieces_of(form: Json) -> Iterator[Piece]:
    """Everything in a complete form that is worth keeping.

    Args:
        form: A form that has been read, as JSON values.
    """
    cargo = {key: value for key, value in form["cargo"].items() if key not in PIECE_FIELDS}
    route = {key: form["trip"][key] for key in ROUTE_FIELDS if form["trip"].get(key)}
    single = ((Kind.CARRIER, form["carrier"]), (Kind.AGENT, form["agent"]), (Kind.TRACTOR, form["tractor"]))
    optional = ((Kind.TRAILER, form.get("trailer")), (Kind.ESCORT, form.get("escort_plan")))
    found = [*single, (Kind.CARGO, cargo), (Kind.ROUTE, route), *optional]
    found += [(Kind.DRIVER, driver) for driver in form["drivers"]]
    found += [
        (Kind.DOCUMENT, {"kind": kind, "attachment": one}) for kind, ids in form["attachments"].items() for one in ids
    ]
    yield from (Piece(kind, label_of(kind, content), content) for kind, content in found if content)


def label_of(kind: Kind, content: Json) -> str:
    """What a person knows it by; content may be anything typed."""
    said = _LABELS[kind](content)
    return said[:100] or kind.value


def _text(content: Json, *names: str) -> str:
    values = (content.get(name) for name in names)
    return " ".join(value.strip() for value in values if isinstance(value, str) and value.strip())


def _route_label(content: Json) -> str:
    ends = (content.get(name) for name in ("origin", "destination"))
    return "→".join(_text(end, "name") for end in ends if isinstance(end, dict))


_LABELS: Final[Mapping[Kind, Callable[[Json], str]]] = MappingProxyType(
    {
        Kind.CARRIER: lambda content: _text(content, "name"),
        Kind.AGENT: lambda content: _text(content, "name"),
        Kind.DRIVER: lambda content: _text(content, "name"),
        Kind.TRACTOR: lambda content: _text(content, "plate", "model"),
        Kind.TRAILER: lambda content: _text(content, "plate", "model"),
        Kind.CARGO: lambda content: _text(content, "name"),
        Kind.ROUTE: _route_label,
        Kind.DOCUMENT: lambda content: _text(content, "kind"),
        Kind.ESCORT: lambda _content: "护送方案",
    }
)


def put_into(draft: Json, kind: Kind, content: Json) -> Json:
    """A draft's content with an archived thing in its place.

    A driver or a document joins those already there, anything else takes the place of what was there; whatever was
    typed where a list or an object belongs gives way.
    """
    put = dict(draft)
    if kind is Kind.DRIVER:
        put["drivers"] = _joined(put.get("drivers"), content)
    elif kind is Kind.DOCUMENT:
        listed = put.get("attachments")
        papers = dict(listed) if isinstance(listed, dict) else {}
        of_kind = str(content.get("kind", "other"))
        papers[of_kind] = _joined(papers.get(of_kind), content.get("attachment"))
        put["attachments"] = papers
    elif kind is Kind.ROUTE:
        trip = put.get("trip")
        kept = {key: value for key, value in trip.items() if key not in ROUTE_FIELDS} if isinstance(trip, dict) else {}
        put["trip"] = {**kept, **content}
    else:
        put["escort_plan" if kind is Kind.ESCORT else kind.value] = content
    return put


def _joined(listed: object, one: object) -> list[Any]:
    known = list(listed) if isinstance(listed, list) else []
    return known if one in known else [*known, one]


def faults_of(kind: Kind, content: Json) -> list[Fault]:
    """What is wrong with an archived thing, as the form judges its place."""
    places = {
        Kind.DRIVER: "drivers.0.",
        Kind.DOCUMENT: "attachments.",
        Kind.ROUTE: "trip.",
        Kind.ESCORT: "escort_plan.",
    }
    place = places.get(kind, f"{kind.value}.")
    found = [fault for fault in preview(put_into({}, kind, content)) if fault.field.startswith(place)]
    if kind is Kind.ROUTE:
        not_ours = {"start_date", "end_date"}
        found = [fault for fault in found if fault.field.removeprefix(place).split(".")[0] not in not_ours]
    return found
