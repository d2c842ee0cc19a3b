import json

import pytest

from api.checks import InMemoryRegister, StageOutcome, compare, stages
from rules.forms import form_settings
from tests.applications.sample_forms import ON, form, register, review


def staged(*, known: InMemoryRegister | None = None, verdict: str = "passes", **changes: object) -> StageOutcome:
    return stages(compare(form(**changes), review(verdict), known or register(), ON))


def test_a_good_case_leaves_only_what_a_person_must_see() -> None:
    result = staged()
    assert (result.not_accepted, result.correction, result.refusals, result.information) == ((), None, (), ())
    assert {point.item for point in result.to_verify} == {"axle_statics", "indivisible"}
    assert result.statement_note_zh == ""


def test_each_ground_stands_in_its_own_stage() -> None:
    axles = form().whole.model_dump()["axles"]
    for axle in axles[3:]:
        axle["load_kg"] = 20001
    result = staged(
        verdict="blocked",
        carrier__licence_scope="普通货运",
        cargo__height_mm=9000,
        attachments={},
        whole__axles=axles,
        whole__gross_mass_kg=32000 + 4 * 20001,
        whole__indivisible=False,
    )
    assert [point.item for point in result.not_accepted] == ["licence_scope", "indivisible"]
    assert {point.clause for point in result.not_accepted} == {"ord62-11"}
    assert {point.clause for point in result.refusals} == {"ord62-17.1.2"}
    assert "陈述" in result.statement_note_zh
    assert "route_verdict" in {point.item for point in result.information}
    assert result.correction is not None
    assert {"mass_sum", "overall_sizes", "agent_authority", "class_materials"} <= {
        point.item for point in result.correction.points
    }
    assert result.correction.within_working_days == 5
    json.dumps(result.to_json())


def test_the_correction_lists_everything_once() -> None:
    result = staged(attachments={}, whole__height_mm=4501, trip__trips=3)
    assert result.correction is not None
    told = [(point.field, point.reason_zh) for point in result.correction.points]
    assert len(told) == len(set(told))
    assert [point.material for point in result.correction.points if point.material] == [
        "authorization",
        "escort_plan",
        "operating_licence",
        "agent_id",
        "vehicle_licence",
        "vehicle_licence_second_page",
        "outline_drawing",
        "transport_plan",
    ]


@pytest.mark.parametrize("name", ["authorization", "agent_authority"])
def test_a_promised_material_follows_later(name: str) -> None:
    result = staged(attachments__authorization=..., declarations__materials_to_follow=[name])
    assert result.correction is None
    assert [point.material for point in result.to_follow] == ["authorization"]
    assert result.follow_within_working_days == form_settings().follow_within_working_days


def test_without_the_promise_it_is_asked_for_and_the_choice_is_told() -> None:
    result = staged(attachments__authorization=...)
    assert result.correction is not None
    assert [point.material for point in result.correction.points] == ["authorization"]
    assert [point.material for point in result.may_follow] == ["authorization"]


def test_main_materials_never_follow() -> None:
    everything = ["operating_licence", "class_materials", "vehicle_licence", "agent_id", "outline_drawing"]
    result = staged(attachments__vehicle_licence=..., declarations__materials_to_follow=everything)
    assert result.to_follow == result.may_follow == ()
    assert result.correction is not None
    assert [point.material for point in result.correction.points] == ["vehicle_licence"]


def test_a_wrong_value_is_not_a_missing_one() -> None:
    result = staged(cargo__mass_kg=1, declarations__materials_to_follow=["mass_sum"])
    assert result.correction is not None
    assert result.to_follow == ()


def test_a_promise_stands_in_only_for_what_it_may() -> None:
    silent = InMemoryRegister()
    without = staged(known=silent)
    with_promise = staged(known=silent, declarations__promise_accepted=True)
    assert without.promised == ()
    assert {point.item for point in with_promise.promised} == {"agent_identity", "drivers", "insurance"}
    assert {p.item for p in with_promise.to_verify} == {p.item for p in without.to_verify} - {
        "agent_identity",
        "drivers",
        "insurance",
    }


def test_no_promise_for_class_three() -> None:
    result = staged(known=InMemoryRegister(), declarations__promise_accepted=True, whole__height_mm=4501)
    assert result.promised == ()


def test_a_promise_never_heals_a_ground_of_refusal_or_a_wrong_number() -> None:
    result = staged(declarations__promise_accepted=True, agent__id_number="110105194912310021")
    assert result.correction is not None
    assert [point.field for point in result.correction.points] == ["agent.id_number"]


def test_a_promise_of_one_thing_is_none_of_another() -> None:
    result = staged(attachments__authorization=..., declarations__materials_to_follow=["photos"])
    assert result.to_follow == ()
    assert result.correction is not None


def test_a_secondary_material_follows_though_its_item_may_not() -> None:
    second = "vehicle_licence_second_page"
    result = staged(**{f"attachments__{second}": ...}, declarations__materials_to_follow=[second])
    assert [point.material for point in result.to_follow] == [second]
    assert result.correction is None
