"""A condition of a permit is told in every language: one without English words as it was written."""

from types import SimpleNamespace

import pytest

from api.pages.my.permit_shown import _condition
from api.permits.parts import Condition


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Condition(code="other", text="避开早晚高峰通行"), "避开早晚高峰通行"),
        (Condition(code="other", text="避开早晚高峰通行", text_en="not in rush hours"), "not in rush hours"),
        (Condition(code="steady_centred", text="居中匀速"), "steady speed on the centre line"),
    ],
)
def test_a_condition_is_never_only_pointed_at(condition: Condition, told: str) -> None:
    assert _condition(SimpleNamespace(language="en"), condition) == told  # type: ignore[arg-type]
    assert _condition(SimpleNamespace(language="zh"), condition) == condition.text  # type: ignore[arg-type]
