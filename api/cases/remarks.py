"""What steps of a case leave for later ones (办理备注): open tasks, settled findings, promises."""

import uuid
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from api.cases.states import Task
from api.db.tables import Case


def get(case: Case, name: str, default: Any) -> Any:  # noqa: ANN401 - JSON values
    """One remark."""
    return case.remarks.get(name, default)


def put(case: Case, name: str, value: Any) -> None:  # noqa: ANN401 - likewise
    """Write one remark; None removes it."""
    remarks = dict(case.remarks)
    remarks.pop(name, None)
    if value is not None:
        remarks[name] = value
    case.remarks = remarks
    flag_modified(case, "remarks")


def open_tasks(case: Case) -> list[Task]:
    """Tasks that are open, consultations aside: those are packets."""
    return [Task(name) for name in get(case, "tasks", [])]


def open_task(case: Case, task: Task) -> None:
    """Open a task."""
    put(case, "tasks", [*get(case, "tasks", []), task.value])


def close_task(case: Case, task: Task) -> None:
    """Close one task of a kind, if one is open."""
    tasks = list(get(case, "tasks", []))
    if task.value in tasks:
        tasks.remove(task.value)
    put(case, "tasks", tasks)


def settle(case: Case, finding: str, how: str, by: uuid.UUID | None, reason: str) -> None:
    """Settle a finding (处理审查意见): how, by whom, why."""
    settled = dict(get(case, "settled", {}))
    settled[finding] = {"how": how, "by": str(by) if by else None, "reason": reason}
    put(case, "settled", settled)
