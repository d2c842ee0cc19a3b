"""Files out and in for cross-province cases (跨省申请的文件交换): written with a hash, read whole or not at all."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from api.dispatch.errors import DispatchError, ExchangeError
from api.dispatch.exchange_model import NOTICE, Answer, Envelope, Forward
from api.dispatch.plan import DispatchPlan
from rules.calendar import add_working_days

MOST_BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class Application:
    """What of the application goes to other provinces (申请的交换内容)."""

    case_no: str
    accepted_on: dt.date
    applicant_name: str
    applicant_credit_code: str
    cargo: str
    vehicle: Mapping[str, Any]
    travel_from: dt.date
    travel_until: dt.date


def forwards_of(
    plan: DispatchPlan, review: Mapping[str, Any], application: Application, sent_on: dt.date
) -> dict[str, Forward]:
    """One forward for every along-route province, by its province code, in travel order.

    Raises:
        DispatchError: The case is no cross-province case.
        ExchangeError: The application does not fit the format; every fault at once.
    """
    packets = [packet for packet in plan.packets if packet.role == "along_route_province"]
    if plan.accepts is None or not packets:
        raise DispatchError(f"case {application.case_no}: crosses no other province")
    route = review["routes"][0]
    # A sliver at the border goes with its neighbour, so the county that acts is named.
    divisions = {entry.stretch: entry.division for entry in plan.managed}
    found = {}
    for packet in packets:
        content = {
            "kind": "forward",
            "case_no": application.case_no,
            "from_province": plan.accepts.division_code,
            "to_province": packet.body.division_code,
            "accepted_on": application.accepted_on,
            "sent_on": sent_on,
            "answer_working_days": packet.due_working_days,
            "applicant_name": application.applicant_name,
            "applicant_credit_code": application.applicant_credit_code,
            "cargo": application.cargo,
            "vehicle_class": plan.vehicle_class,
            "vehicle": dict(application.vehicle),
            "travel_from": application.travel_from,
            "travel_until": application.travel_until,
            "route_phrase": route["phrase"],
            "route_line": [[float(lon), float(lat)] for lon, lat in route["geometry"]["coordinates"]],
            "part": [{"code": divisions[stretch]} | stretch.to_json() for stretch in packet.stretches],
        }
        try:
            found[packet.id.partition(":")[2]] = Forward.model_validate(content)
        except ValidationError as error:
            raise ExchangeError(application.case_no, _faults(error)) from error
    return found


def forward_due_on(accepted_on: dt.date, working_days: int) -> dt.date:
    """Last day on which the origin province forwards the file (转送期限).

    Raises:
        CalendarRangeError: The working-day calendar does not reach so far.
    """
    return add_working_days(accepted_on, working_days)


def write_exchange(content: Forward | Answer) -> str:
    """The file as text; the same content always gives the same bytes."""
    return json.dumps(_sealed(content), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def hash_of(content: Forward | Answer) -> str:
    """The hash that stands in the file of a content, and that an answer names."""
    return str(_sealed(content)["content_hash"])


def read_exchange(text: str, source: str) -> Forward | Answer:
    """Read a file of another province, whole or not at all.

    Args:
        text: The file.
        source: Its name, for messages.

    Raises:
        ExchangeError: With every fault: no JSON, unknown or missing fields, values out of range, a wrong hash.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise ExchangeError(source, [f"is larger than {MOST_BYTES} bytes"])
    try:
        raw = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ExchangeError(source, [f"is no JSON: {error}"]) from error
    faults = []
    if isinstance(raw, dict) and raw.get("content_hash") != _hash(raw):
        faults.append("content_hash: does not fit the content; the file was changed or cut")
    try:
        envelope = Envelope.model_validate_json(text)
    except ValidationError as error:
        raise ExchangeError(source, faults + _faults(error)) from error
    if faults:
        raise ExchangeError(source, faults)
    return envelope.content


def check_answer(forward: Forward, answer: Answer, source: str) -> None:
    """See that an answer belongs to a forward.

    Raises:
        ExchangeError: Another case, other provinces, another version of the file, or answered before it was sent.
    """
    pairs = (
        ("case_no", answer.case_no, forward.case_no),
        ("from_province", answer.from_province, forward.to_province),
        ("to_province", answer.to_province, forward.from_province),
        ("answers", answer.answers, hash_of(forward)),
    )
    faults = [f"{name}: {found!r}, expected {wanted!r}" for name, found, wanted in pairs if found != wanted]
    if answer.answered_on < forward.sent_on:
        faults.append(f"answered_on: {answer.answered_on} lies before {forward.sent_on}, when the file was sent")
    if faults:
        raise ExchangeError(source, faults)


def _sealed(content: Forward | Answer) -> dict[str, Any]:
    file: dict[str, Any] = {
        "format": "dajian.cross-province",
        "version": 1,
        "status": "proposal",
        "notice": NOTICE,
        "content": content.model_dump(mode="json"),
    }
    return file | {"content_hash": _hash(file)}


def _hash(file: Mapping[str, Any]) -> str:
    """SHA-256 over the file without the hash, keys sorted, no white space, UTF-8."""
    rest = {key: value for key, value in file.items() if key != "content_hash"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _no_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        repeated = sorted({key for key, _ in pairs if [k for k, _ in pairs].count(key) > 1})
        msg = f"repeated fields {repeated}"
        raise ValueError(msg)
    return found


def _no_constant(name: str) -> float:
    msg = f"{name} is no number"
    raise ValueError(msg)


def _faults(error: ValidationError) -> list[str]:
    return [f"{'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}" for fault in error.errors()]
