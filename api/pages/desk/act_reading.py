"""What was sent with a form of an action (读取办理表单): values kept as typed, faults field by field."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from starlette.datastructures import UploadFile

from api.applications.attachments import add_attachment
from api.applications.endpoints_attachments import storage_of
from api.cases.inputs import ActionInput
from api.errors import FieldFault, InvalidError, MediaTypeError, TooLargeError
from api.pages.desk.words import fault_word
from api.pages.page import PageContext
from api.settings import ServiceSettings

Typed = dict[str, Sequence[str]]
_LISTS: Final = ("items", "officers")
_LINES: Final = ("items_more", "conditions")
_MEGABYTE: Final = 1_000_000


def typed_values(page: PageContext, names: Sequence[str]) -> Typed:
    """What was typed or chosen, by field; a file that was sent before comes back by its number."""
    wanted = [*names, "attachment_id"] if "file" in names else list(names)
    return {
        name: [one.strip() for one in page.form.getlist(name) if isinstance(one, str)]
        for name in wanted
        if name != "file"
    }


def close_files(page: PageContext) -> None:
    """Give back what uploads took, also of a file field that was left empty."""
    for value in page.form.values():
        if isinstance(value, UploadFile):
            value.file.close()


def read_input(page: PageContext, typed: Typed) -> ActionInput:
    """The input of the action.

    Raises:
        InvalidError: With every fault by field.
    """
    values: dict[str, Any] = {}
    for name, found in typed.items():
        if name in _LISTS:
            values[name] = [one for one in found if one]
        elif name in _LINES:
            continue
        elif name == "waived":
            values[name] = bool(found)
        elif found and found[0]:
            values[name] = found[0]
    if "items" in typed or "items_more" in typed:
        values["items"] = list(dict.fromkeys([*values.get("items", ()), *_lines(typed, "items_more")]))
    if "conditions" in typed:
        values["conditions"] = _lines(typed, "conditions")
    attachment_id = _uploaded(page)
    if attachment_id is not None:
        values["attachment_id"] = attachment_id
        typed["attachment_id"] = [str(attachment_id)]  # it need not be sent again if the form has faults
    return _validated(page, values)


def with_letter(page: PageContext, sent: ActionInput, letter: str) -> ActionInput:
    """The input with a wording of the document that somebody has written.

    Raises:
        InvalidError: It is too long or has control characters.
    """
    return _validated(page, {**sent.model_dump(), "notice_text": letter})


def same_wording(one: str, other: str) -> bool:
    """Whether two wordings are the same; browsers write ends of lines in their own way."""
    return one.split() == other.split()


def kept_fields(sent: ActionInput) -> list[tuple[str, str]]:
    """The input as hidden fields, for the page that asks once more; the letter is a field that is seen there."""
    found: list[tuple[str, str]] = []
    for name, value in sent.model_dump(
        mode="json", exclude_defaults=True, exclude={"conditions", "notice_text"}
    ).items():
        values = value if isinstance(value, list) else ["1"] if value is True else [value]
        found += [(name, str(one)) for one in values]
    return found + ([("conditions", "\n".join(sent.conditions))] if sent.conditions else [])


def apart_again(typed: Typed, offered: Sequence[str]) -> Typed:
    """Values that come back from the page that asks once more, as the form has them: what is not offered was typed."""
    own = [item for item in typed.get("items", ()) if item not in offered]
    return {**typed, "items_more": ["\n".join(own)]} if own else typed


def faults_by_field(page: PageContext, error: InvalidError) -> dict[str, str]:
    """Faults in the reader's language; those of a list stand at the list."""
    found: dict[str, str] = {}
    for fault in error.faults:
        name = fault.field.partition(".")[0]
        found[name] = "；".join(filter(None, (found.get(name), fault_word(page, fault))))
    return found


def _lines(typed: Mapping[str, Sequence[str]], name: str) -> list[str]:
    return [line.strip() for text in typed.get(name, ()) for line in text.splitlines() if line.strip()]


def _uploaded(page: PageContext) -> uuid.UUID | None:
    """The file that came with the form, taken in."""
    file = page.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    settings: ServiceSettings = page.request.app.state.settings
    try:
        storage = storage_of(page.request)
        largest = settings.upload_mb * _MEGABYTE
        return add_attachment(page.work, storage, file.file, file.filename, largest_bytes=largest).id
    except (MediaTypeError, TooLargeError) as error:
        raise InvalidError([FieldFault("file", error.message_zh, error.message_en)]) from error


def _validated(page: PageContext, values: dict[str, Any]) -> ActionInput:
    try:
        return ActionInput.model_validate(values)
    except ValidationError as error:
        names = {str(one["loc"][0]) if one["loc"] else "reason" for one in error.errors()}
        faults = [FieldFault(name, page.t("desk.fault_value"), page.t("desk.fault_value")) for name in sorted(names)]
        raise InvalidError(faults) from error
