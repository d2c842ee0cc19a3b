"""What an officer's phone keeps for places without signal (离线数据): pages, public keys, the revocation list."""

import base64
from typing import Any, Final

from api.accounts.permissions import Action
from api.pages.files import static_address, static_file
from api.pages.inspection.settings import offline_settings
from api.pages.inspection.shown import TaskShown, record_tables, said, task_shown
from api.pages.language import Language
from api.permits import signing
from api.permits.checks_service import list_checks
from api.permits.revocation_service import newest_list
from api.permits.revocations import REASON_WORDS, REASONS
from api.permits.service import authorise_somewhere
from api.permits.verify_wording import OUTCOME
from api.unit_of_work import LOCAL, UnitOfWork

MOST_TASKS: Final = 60
PLAIN_PAGES: Final = ("/inspect", "/inspect/permits", "/inspect/queue")
SCRIPT: Final = "inspect.js"
MODULES: Final = (
    "inspect_camera.js",
    "inspect_keep.js",
    "inspect_leave.js",
    "inspect_page.js",
    "inspect_queue.js",
    "inspect_record.js",
    "inspect_sheet.js",
    "inspect_store.js",
    "inspect_verify.js",
)
_SHARED: Final = ("palette.css", "pages.css", "icon.svg", "inspect.css", SCRIPT)


def open_tasks(work: UnitOfWork) -> list[TaskShown]:
    """The open tasks at the desk of the account's body."""
    rows, _ = list_checks(work, ["open"], own=True, limit=MOST_TASKS, offset=0)
    return [task_shown(work, row) for row in rows]


def kept_data(work: UnitOfWork, language: Language) -> dict[str, Any]:
    """Everything a phone needs to go on without signal, as of now."""
    authorise_somewhere(work, Action.RECORD_CHECK)
    tasks = open_tasks(work)
    numbers = list(dict.fromkeys(task.number for task in tasks if task.number))
    settings, revoked = offline_settings(), newest_list(work)
    return {
        "account": str(work.actor.account_id),
        "as_of": work.now.astimezone(LOCAL).isoformat(timespec="seconds"),
        "old_after_hours": settings.old_after_hours,
        "dropped_after_hours": settings.dropped_after_hours,
        "pages": [
            *PLAIN_PAGES,
            *(f"/inspect/checks/{task.id}" for task in tasks),
            *(f"/inspect/permits/{number}" for number in numbers),
        ],
        "files": static_files(),
        "permits": [{"number": task.number, "plates": task.plates} for task in tasks],
        "keys": [{"key_id": key.key_id.hex(), **key.model_dump(mode="json")} for key in signing.current().trusted()],
        "revocations": base64.b64encode(revoked.content).decode(),
        "revocations_issued_at": revoked.issued_at.isoformat(timespec="seconds"),
        "tables": record_tables(language),
        "outcomes": {name: said(words, language) for name, words in OUTCOME.items()},
        "reasons": [said(REASON_WORDS[reason], language) for reason in REASONS],
    }


def static_files() -> list[str]:
    """Addresses of the files of the pages; modules lie beside the script that asks for them."""
    script = static_file(SCRIPT)
    version = script.version if script else ""
    return [*map(static_address, _SHARED), *(f"/static/{version}/{name}" for name in MODULES)]
