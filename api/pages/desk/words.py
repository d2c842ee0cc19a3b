"""Names of things of a case in the reader's language (状态、操作、期限的用语), and amounts with their units."""

import datetime as dt
from typing import Final

from api.accounts.permissions import ACTION_TITLES, Action
from api.cases.states import STATES, State, Task
from api.cases.transitions import Reason
from api.errors import FieldFault
from api.pages.language import catalogue
from api.pages.page import PageContext
from api.unit_of_work import LOCAL

_KG_PER_T: Final = 1000
_MM_PER_M: Final = 1000
_BY_HEART: Final = "（凭记忆）"
BADGES: Final = frozenset({"passes", "conditional", "unknown", "blocked"})


def state_word(page: PageContext, state: str) -> str:
    """A state of a case."""
    facts = STATES[State(state)]
    return facts.title_zh if page.language == "zh" else facts.title_en


def action_word(page: PageContext, action: Action) -> str:
    """An action."""
    title = ACTION_TITLES[action]
    return title.zh if page.language == "zh" else title.en


def task_word(page: PageContext, task: str) -> str:
    """A task of the review."""
    return page.t(f"desk.task_{Task(task).value}")


def class_word(page: PageContext, vehicle_class: str | None) -> str:
    """A class of load."""
    return page.t(f"desk.class_{vehicle_class or 'unknown'}")


def verdict_word(page: PageContext, verdict: str | None) -> str:
    """The answer of the machine review; none yet is said too."""
    return page.t(f"layout.{verdict}" if verdict in BADGES else f"desk.verdict_{verdict or 'none'}")


def verdict_badge(verdict: str | None) -> str:
    """The badge that goes with it: without a road, or without a review, nobody can say that it passes."""
    return verdict if verdict in BADGES else "blocked" if verdict == "no_route" else "unknown"


def quantity_word(page: PageContext, quantity: str) -> str:
    """What a finding compares."""
    key = f"facts.quantity_{quantity}"
    return page.t(key if key in catalogue() else f"desk.quantity_{quantity}")


def load_word(page: PageContext, quantity: str) -> str:
    """A size or mass of a load."""
    key = f"desk.load_{quantity}"
    return page.t(key) if key in catalogue() else quantity_word(page, quantity)


def reason_word(page: PageContext, reason: Reason) -> str:
    """Why something cannot be done."""
    return reason.reason_zh if page.language == "zh" else reason.reason_en


def clause_word(clause: str) -> str:
    """A clause as the table has it; what is known by heart only asks its reader to look it up."""
    return clause.replace(_BY_HEART, "（条文待核对）")


def fault_word(page: PageContext, fault: FieldFault) -> str:
    """What is wrong with something sent."""
    return fault.message_zh if page.language == "zh" else fault.message_en


def amount(value: float | None, unit: str | None, *, signed: bool = False) -> str | None:
    """A number with its unit: metres for millimetres, tonnes for kilograms; None where there is none."""
    if value is None:
        return None
    sign = "+" if signed and value > 0 else ""
    if unit == "mm":
        return f"{sign}{value / _MM_PER_M:.3f}".rstrip("0").rstrip(".") + " m"
    if unit == "kg":
        return f"{sign}{value / _KG_PER_T:,.3f}".rstrip("0").rstrip(".") + " t"
    if unit == "ratio":
        return f"{sign}{value:.2f}"
    return f"{sign}{value:g} {unit or ''}".strip()


def when(moment: dt.datetime) -> str:
    """A moment in China standard time, to the minute."""
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
