"""From what was typed to the form (填写内容的读取): fields that were not sent stay as they are."""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from api.pages.my.form_axles import NAMES, read_axles, texts_of
from api.pages.my.form_fields import MOST_ROWS, PLAIN, ROWS, Field
from api.pages.my.form_places import read_place, read_via

Json = dict[str, Any]
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_OPTIONAL_PARTS: Final = ("trip.plan", "trip.empty_return", "tractor.insurance", "trailer.insurance")
_PARTS: Final = ("carrier", "agent", "cargo", "whole", "tractor", "trailer", "trip")
YES, NO = "yes", "no"


def value_at(content: object, path: str) -> Any:  # noqa: ANN401 - JSON values
    """What stands at a dotted path; None where nothing does."""
    for part in path.split("."):
        if isinstance(content, Mapping):
            content = content.get(part)
        elif isinstance(content, list) and part.isdigit():
            content = content[int(part)] if int(part) < len(content) else None
        else:
            return None
    return content


def put_at(content: Json, path: str, value: Any) -> None:  # noqa: ANN401 - JSON values
    """Put a value at a dotted path of objects; None takes it away."""
    *parents, last = path.split(".")
    for part in parents:
        inner = content.get(part)
        if not isinstance(inner, dict):
            if value is None:
                return
            inner = content[part] = {}
        content = inner
    if value is None:
        content.pop(last, None)
    else:
        content[last] = value


def with_parts(content: Json) -> Json:
    """A content in which every part stands, so that a missing field is named itself and not its part alone."""
    empty: Json = {part: {} for part in _PARTS if not isinstance(content.get(part), dict)}
    found = copy.deepcopy(content) | empty
    _tidy(found)
    return found


def read_typed(form: FormData, base: Json, *, extra: Iterable[Field] = ()) -> Json:
    """A content with what was typed in its places.

    Args:
        form: What was sent.
        base: The content the page was made from.
        extra: Fields of the page besides those of the form.
    """
    content = with_parts(base)
    for field in (*PLAIN, *(one for one in extra if not one.path.startswith("drivers."))):
        if field.path.startswith("axles."):
            continue
        if field.kind == "place":
            _put_place(form, content, field.path)
        elif field.path == "trip.via":
            if field.path in form:
                put_at(content, field.path, read_via(_text(form, field.path), value_at(base, field.path)))
        elif field.path in form:
            put_at(content, field.path, _value(field, _text(form, field.path)))
    for place in ROWS:
        _put_rows(form, content, place)
    _put_axles(form, content)
    _tidy(content)
    _put_declarations(form, content)
    return content


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    text = value.strip() if isinstance(value, str) else ""
    return "".join(c for c in text if c != "\0" and not "\ud800" <= c <= "\udfff").replace("\r\n", "\n")


def _value(field: Field, text: str) -> Any:  # noqa: ANN401 - JSON values
    """A typed text as the form wants it; what cannot be read stays as it was typed."""
    if not text:
        return None
    if field.kind == "int":
        plain = re.sub(r"[,，\s]", "", text)
        return int(plain) if _NUMBER.fullmatch(plain) else text
    if field.kind == "yes_no":
        return {YES: True, NO: False}.get(text, text)
    return text


def _put_place(form: FormData, content: Json, path: str) -> None:
    if f"{path}.name" not in form:
        return
    before = value_at(content, path)
    put_at(content, path, read_place(_text(form, f"{path}.name"), _text(form, f"{path}.at"), before) or None)


def _put_rows(form: FormData, content: Json, place: str) -> None:
    """Rows of drivers or of the escort; an empty row is none."""
    if f"{place}.rows" not in form:
        return
    before = value_at(content, place)
    rows = list(_rows(form, place, before if isinstance(before, list) else []))
    put_at(content, place, rows)


def _rows(form: FormData, place: str, before: list[Any]) -> Iterator[Json]:
    for number in range(MOST_ROWS[place]):
        fields = ROWS[place](number)
        if not any(field.path in form for field in fields):
            continue
        kept = before[number] if number < len(before) and isinstance(before[number], dict) else {}
        row = dict(kept)
        for field in fields:
            if field.path in form:
                put_at(row, field.path.removeprefix(f"{place}.{number}."), _value(field, _text(form, field.path)))
        if any(_text(form, field.path) for field in fields if field.kind != "choice"):
            yield row


def _put_axles(form: FormData, content: Json) -> None:
    if not any(f"axles.{name}" in form for name in NAMES):
        return
    whole = content.setdefault("whole", {})
    known = texts_of(whole.get("axles"))
    texts = {name: _text(form, f"axles.{name}") if f"axles.{name}" in form else known[name] for name in NAMES}
    texts = _spread(texts, content)
    axles, _faults = read_axles(texts, whole)
    if axles is not None:
        whole["axles"] = axles
    elif any(texts.values()):
        whole["axles"] = texts
    else:
        whole.pop("axles", None)


def _spread(texts: dict[str, str], content: Json) -> dict[str, str]:
    """How many axles are the tractor's, where the tractor is known already and nothing else was typed."""
    count = value_at(content, "tractor.axle_count")
    if texts["tractor"] or not isinstance(count, int) or not texts["loads"]:
        return texts
    return texts | {"tractor": str(count)}


def _tidy(content: Json) -> None:
    """A truck has no trailer; an optional part that nothing stands in is none."""
    if value_at(content, "whole.kind") == "truck":
        content.pop("trailer", None)
        if isinstance(content.get("whole"), dict):
            content["whole"]["trailer"] = None
    for path in _OPTIONAL_PARTS:
        if value_at(content, path) == {}:
            put_at(content, path, None)
    plan = content.get("escort_plan")
    if isinstance(plan, dict) and not any(plan.values()):
        content.pop("escort_plan")
    trips = value_at(content, "trip.trips")
    if not isinstance(trips, int) or trips <= 1:
        put_at(content, "trip.plan", None)


def _put_declarations(form: FormData, content: Json) -> None:
    """Ticked or not: a box that is not ticked is not sent, so the page says that it had boxes."""
    if "declarations.shown" not in form:
        return
    follow = [str(one)[:40] for one in form.getlist("declarations.materials_to_follow")]
    content["declarations"] = {
        "truthful": "declarations.truthful" in form,
        "promise_accepted": "declarations.promise_accepted" in form,
        "materials_to_follow": follow,
    }
