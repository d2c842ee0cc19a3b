"""Which function carries out which clause (条文与程序的对应), for the checks and for the lawyer's page."""

import importlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rules.findings import Finding
    from rules.loading import ClauseInForce
    from rules.settings import RuleSettings
    from rules.vehicle import VehicleFacts

    Check = Callable[[VehicleFacts, ClauseInForce, RuleSettings], tuple[Finding, ...]]

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., object])

_checks: "dict[str, Check]" = {}
_code: dict[str, str] = {}


def checks(*clause_ids: str) -> "Callable[[Check], Check]":
    """Mark a function as the check of a vehicle against these clauses, instead of plain comparing."""

    def register(check: "Check") -> "Check":
        for clause_id in clause_ids:
            _checks[clause_id] = check
            _code[clause_id] = f"{check.__module__}.{check.__qualname__}"
        return check

    return register


def carries_out(*clause_ids: str) -> Callable[[AnyFunction], AnyFunction]:
    """Mark a function as the code of clauses that are not checks of a vehicle (counting, periods, jurisdiction)."""

    def register(function: AnyFunction) -> AnyFunction:
        for clause_id in clause_ids:
            _code[clause_id] = f"{function.__module__}.{function.__qualname__}"
        return function

    return register


@cache
def _import_article_code() -> None:
    """Import every `art_*.py`, so that a check is never missed because nobody imported its file."""
    for path in sorted(Path(__file__).parent.glob("*/art_*.py")):
        importlib.import_module(f"rules.{path.parent.name}.{path.stem}")


def find_check(clause_id: str) -> "Check | None":
    """The registered check of a clause, None when comparing its thresholds is enough."""
    _import_article_code()
    return _checks.get(clause_id)


def code_places() -> dict[str, str]:
    """Clause id to dotted name of the function that carries it out."""
    _import_article_code()
    return dict(_code)
