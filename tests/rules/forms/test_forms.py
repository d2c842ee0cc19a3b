from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from api.applications.form import ApplicationForm
from api.applications.papers import AttachmentKind
from rules.errors import RuleFileError
from rules.forms import comparison_items, form_settings, materials
from rules.forms.loading import FOLDER, comparison_file, load_file, setting_entries
from rules.forms.model import ComparisonFile
from rules.loading import articles, list_clause_ids

ITEMS = tuple(comparison_items().values())


def test_five_groups_and_21_items() -> None:
    assert Counter(item.group for item in ITEMS) == {"person": 3, "carrier": 4, "vehicle": 6, "route": 4, "cargo": 4}
    assert [group.title_zh for group in comparison_file().groups] == ["人员", "企业资质", "车辆", "线路", "货物"]


def test_the_list_calls_itself_a_proposal() -> None:
    assert "未找到官方清单" in comparison_file().notice
    assert "提案" in comparison_file().notice


def test_clauses_are_real_where_the_rules_hold_them() -> None:
    refs = [ref for item in ITEMS for ref in item.clauses] + [m.clause for m in materials().values() if m.clause]
    held = {ref.id for ref in refs if ref.id.partition(".")[0] in articles()}
    assert held == {"ord62-17.1.1", "ord62-17.1.2", "hsr-35.1", "ord62-15.1.1"}
    assert held <= set(list_clause_ids())
    for ref in refs:
        if ref.id in held:
            version = articles()[ref.id.partition(".")[0]].versions[-1]
            assert ref.text_status == version.text_status


def test_what_is_not_accepted_or_refused_can_neither_follow_nor_be_promised() -> None:
    final = [item for item in ITEMS if item.stage in {"not_accepted", "refusal"}]
    assert {item.id for item in final} == {"licence_scope", "restriction_period", "indivisible", "axle_limits"}
    assert not any(item.can_follow.value or item.can_promise.value for item in final)


def test_main_materials_never_follow() -> None:
    following = {name for name, m in materials().items() if m.can_follow.value}
    assert following == {"authorization", "vehicle_licence_second_page", "photos", "legal_representative_id"}


def test_every_choice_and_setting_has_its_doubt() -> None:
    choices = [c for entry in (*ITEMS, *materials().values()) for c in (entry.can_follow, entry.can_promise)]
    assert all(choice.doubt for choice in choices)
    assert all(entry.doubt and entry.source and entry.title_zh for entry in setting_entries().values())
    assert form_settings().multi_trip_max_months == 6


def test_files_of_the_list_are_the_kinds_of_attachments() -> None:
    files = {name for name, m in materials().items() if m.form_field is None}
    assert files | {"other"} == set(get_args(AttachmentKind))


def test_fields_of_materials_exist_on_the_form() -> None:
    fields = {m.form_field.partition(".")[0] for m in materials().values() if m.form_field} - {"form"}
    assert fields <= set(ApplicationForm.model_fields)
    assert {m.item for m in materials().values() if m.item} <= set(comparison_items())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: same_cargo", "id: indivisible", "repeated ids"),
        ("group: cargo", "group: crew", "unknown groups"),
        ("stage: refusal", "stage: maybe", "stage"),
        ("stage: correction", "stage: refusal", "promised away"),
        ("id: ord62-17.1.1", "id: ORD62", "clauses"),
    ],
)
def test_a_broken_list_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (FOLDER / "comparison.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "comparison.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileError, match=said):
        load_file(tmp_path / "comparison.yaml", ComparisonFile)
