"""What surrounds every page of the inspector (核查页面的外框): who, as of when, and the words of its scripts."""

from collections.abc import Mapping
from typing import Final

from fastapi.responses import HTMLResponse

from api.errors import FieldFault
from api.pages.inspection.settings import offline_settings
from api.pages.inspection.shown import item_name, shown_value
from api.pages.moments import moment_text
from api.pages.page import PageContext
from api.unit_of_work import LOCAL

SCRIPT_WORDS: Final = (
    "already_over",
    "as_of",
    "camera_fault",
    "cancel",
    "cannot_verify",
    "clock",
    "conclusion",
    "conditions",
    "differs",
    "discard",
    "discard_sure",
    "draft_restored",
    "fault_server",
    "file_kept",
    "file_kept_text",
    "found_kept",
    "in_days",
    "in_hours",
    "in_minutes",
    "keep",
    "kept_fault",
    "kept_pages",
    "leave_delete",
    "leave_unsent",
    "left_out",
    "list_missing",
    "list_old",
    "lookup_missing",
    "mass",
    "measured_ok",
    "no_preview",
    "no_signal",
    "number",
    "offline",
    "old",
    "other_account",
    "over",
    "photo_count",
    "photo_remove",
    "place_fault",
    "plates",
    "queue_empty",
    "refused",
    "reopen",
    "saved_at",
    "send_now",
    "sent",
    "sign_in_first",
    "size",
    "status",
    "step",
    "too_few_officers",
    "unsent",
    "uploading",
    "valid",
    "vehicle_class",
    "verified_offline",
    "waiting",
)


def inspect_page(page: PageContext, template: str, context: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """Answer with a page of the inspector."""
    settings = offline_settings()
    frame = {
        "account": str(page.work.actor.account_id),
        "as_of": page.work.now.astimezone(LOCAL).isoformat(timespec="seconds"),
        "limits": settings,
        "moment_text": moment_text,
        "item_name": item_name,
        "shown_value": shown_value,
        "script_words": {name: page.t(f"inspect.js_{name}") for name in SCRIPT_WORDS},
    }
    return page.render(template, {**frame, **context}, status=status)


def in_words(page: PageContext, fault: FieldFault) -> str:
    """What is wrong with a field, in the reader's language."""
    return fault.message_zh if page.language == "zh" else fault.message_en
