"""The settings of the procedure: the numbers of the law stand, everything else names its doubt."""

from pathlib import Path

import pytest

from rules.errors import RuleFileError
from rules.service import FILE, default_service, explain_pause_refusal, read_service, service_entries

BY_LAW = {"intake_days", "corrections_at_most", "verifying_officers"}


def test_numbers_of_the_law() -> None:
    """Administrative Licensing Law arts. 32, 34, 44; Order 62 art. 16."""
    settings = default_service()
    assert (settings.intake_days, settings.corrections_at_most, settings.verifying_officers) == (5, 1, 2)
    assert (settings.delivery_days, settings.forwarding_days) == (10, 2)
    assert settings.along_route_days == {"I": 5, "II": 5, "III": 15}
    assert settings.opinion_days["II"] == 2
    assert settings.opinion_days["III"] == 5


def test_every_entry_has_a_source_and_what_is_ours_a_doubt() -> None:
    for name, entry in service_entries().items():
        assert entry.source, name
        assert entry.doubt, name
        assert (entry.doubt == "无") is (name in BY_LAW), name


def test_only_four_grounds_stop_the_clock() -> None:
    settings = default_service()
    assert set(settings.pause_bases) == {"reinforcement", "appraisal", "testing", "expert_review"}
    assert [explain_pause_refusal(basis, settings) for basis in settings.pause_bases] == [None] * 4
    for basis in ("survey", "police_opinion", "co_review"):
        assert explain_pause_refusal(basis, settings) is not None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value: {I: 1, II: 2, III: 5}", "value: {IV: 1}", "opinion_days"),
        ("warning_percent:", "warning_share:", "warning_percent"),
        ("    survey: {", "    testing: {", "testing"),
        ("  doubt: 没有全国规定", "  doubts: 没有全国规定", "step_days.doubts"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text, path = FILE.read_text(encoding="utf-8"), tmp_path / "service.yaml"
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileError, match=words):
        read_service(path)
