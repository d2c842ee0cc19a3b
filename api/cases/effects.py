"""What each action does to a case beside changing its state (各操作的效果)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from api.accounts.permissions import Action
from api.cases import effects_decision, effects_intake, effects_review
from api.cases.inputs import ActionInput
from api.db.tables import Case, Note
from api.unit_of_work import UnitOfWork

Effect = Callable[[UnitOfWork, Case, ActionInput, Note | None], None]
EFFECTS: Final[Mapping[Action, Effect]] = MappingProxyType(
    {**effects_intake.EFFECTS, **effects_review.EFFECTS, **effects_decision.EFFECTS}
)
