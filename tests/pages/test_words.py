"""The words of the pages: both languages complete, every key that is used exists, none is left over."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Final, get_args

import pytest

from api.holdings.differences import _NOT_TOLD
from api.holdings.owner import KIND_ZH
from api.pages.admin.accounts import ROLES
from api.pages.admin.endpoints import BODY_KINDS
from api.pages.admin.setting_kinds import UNITS, kind_of
from api.pages.desk.queue_endpoints import CLASSES
from api.pages.holdings.closure_form import LIMITS
from api.pages.holdings.shown import _LIMITS
from api.pages.inspection.endpoints import FINDINGS, SEEN_AS
from api.pages.inspection.frame import SCRIPT_WORDS
from api.pages.inspection.photos import KINDS
from api.pages.inspection.sheet_fields import QUESTIONS, SIZES
from api.pages.language import FOLDER, LANGUAGES, catalogue, say
from api.pages.page import templates
from api.pages.plan.judged import QUANTITIES
from api.pages.search import _KINDS
from api.permits.checks_due import REASON_ZH
from api.permits.comparing import CONCLUSION_ZH
from api.provinces.declared import declarations
from api.provinces.overrides import FILES as OVERRIDDEN
from api.reviews.request import VARIANTS
from data.bridges.records import BridgeRecord, LimitRecord
from data.roads import RoadSegment
from maps.style_map import TOGGLES
from maps.tiles_places import _KINDS as LAYER_KINDS
from routing.columns import Access, Basis, Quantity, RoadClass, StructureKind, TechnicalGrade, WidthBasis
from rules.errors import RuleFileError
from rules.management import RoadKind
from tests.pages.desk_words import DESK_FAMILIES
from tests.pages.my_words import MY_FAMILIES

PAGES: Final = FOLDER.parent
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
LITERAL: Final = re.compile(r"""["']([a-z_]+\.[a-z0-9_]+)["']""")
# Families of keys that are put together from a value: prefix and the values that may follow.
FAMILIES: Final = {
    "facts.kind_": {"road", *(kind.label for kind in StructureKind), *_KINDS},
    "facts.class_": {one.name.lower() for one in RoadClass},
    "facts.grade_": {one.name.lower() for one in TechnicalGrade if one},
    "facts.width_": {one.name.lower() for one in WidthBasis},
    "facts.access_": {one.name.lower() for one in Access},
    "facts.quantity_": {one.label for one in Quantity},
    "facts.basis_": {"unknown", *(one.name.lower() for one in Basis)},
    "map.toggle_": {*TOGGLES, "attribution"},
    "map.": {"motorway", "trunk", "primary", "secondary", "minor"},
    "account.fault_": {"name", "credit_code", "display_name", "login", "password", "invitation", "url", "topics"},
    "account.webhook_do_": {"on", "off", "secret", "remove"},
    "plan.variant_": {*VARIANTS, "avoiding"},
    "plan.zone_": {"none", "i", "ii", "iii", "within", "over"},
    "plan.quantity_": {*QUANTITIES, "axle_load_mean", "axle_load_max"},
    "inbox.tab_": {"open", "done", "informed"},
    "inbox.empty_": {"open", "done", "informed"},
    "inbox.class_": {"none", "I", "II", "III", "unknown"},
    "inbox.purpose_": {"opinion", "decision", "inform"},
    "inbox.suggests_": {"agree", "conditions", "undecided", "object", "none"},
    "inbox.open_": {"agree", "conditions", "undecided", "object", "none"},
    "inbox.choice_": {"agree", "conditions", "object"},
    "inbox.reason_": {"agree", "conditions"},
    "inbox.opinion_": {"agree", "agree_with_conditions", "object"},
    "inbox.state_": {"open", "answered", "informed", "returned", "cancelled"},
    "inbox.kind_": set(get_args(RoadKind)),
    **MY_FAMILIES,
    **DESK_FAMILIES,
    "holdings.kind_": set(KIND_ZH),
    "holdings.upload_": set(KIND_ZH),
    "holdings.upload_text_": set(KIND_ZH),
    "holdings.file_hint_": set(KIND_ZH),
    "holdings.choose_": set(LIMITS),
    "holdings.limit_": set(_LIMITS),
    "holdings.closure_": {"in_force", "planned", "over", "ended"},
    "holdings.version_": {"draft", "used", "published"},
    "holdings.change_": {"asked", "approved", "done", "rejected", "withdrawn", "failed"},
    "holdings.said_": {"published", "asked", "approved", "rejected", "ended", "discarded", "back"},
    "holdings.head_": {"file", "rows", "by", "state"},
    "holdings.": {"ambiguous", "unlinked"},
    "holdings.field_": {one.name for kind in (BridgeRecord, LimitRecord, RoadSegment) for one in fields(kind)}
    - _NOT_TOLD,
    "layout.": {"passes", "conditional", "unknown", "blocked", "done", "now", "later"},
    "admin.event_": {key.removeprefix("admin.event_") for key in catalogue() if key.startswith("admin.event_")},
    "admin.role_": {*ROLES, "carrier", "service"},
    "admin.kind_": set(BODY_KINDS),
    "admin.level_": {"province", "city", "county", "none"},
    "admin.done_": {"made", "changed", "opened", "closed", "password"},
    "admin.hint_": {"number", "numbers", "text", "lines", "rows"},
    "admin.unit_": set(UNITS) - {"kg", "mm", "percent", "permille"},
    "admin.group_": {"own", *OVERRIDDEN},
    "admin.choice_": {
        f"{name.replace('.', '_')}_{choice}"
        for name in declarations()
        for kind in (kind_of(name), kind_of(name).cell)
        if kind
        for choice in (*kind.options, *kind.rows)
        if choice not in CLASSES or name == "dispatch.maintainers"
    },
    "admin.state_": {"waiting", "delivered", "given_up"},
    "inspect.js_": set(SCRIPT_WORDS),
    "inspect.why_": {*REASON_ZH},
    "inspect.conclusion_": {*CONCLUSION_ZH},
    "inspect.follows_": {*CONCLUSION_ZH},
    "inspect.direction_": {"outward", "empty_return"},
    "inspect.trip_": {"announced", "under_way", "ended", "cancelled"},
    "inspect.seen_": set(SEEN_AS),
    "inspect.finding_": {*FINDINGS, "permit_not_valid", "not_announced"},
    "inspect.photo_": set(KINDS),
    "inspect.item_": {
        *QUESTIONS,
        *SIZES,
        *("permit_number", "carrier", "plates", "cargo_name", "pieces", "escort_vehicles", "escort_staff"),
        *("gross_mass_kg", "tyres", "axle_load_count", "axle_load_n", "axle_spacing_count", "axle_spacing_n"),
        *("mass_kg", "stated_true", "sealed"),
    },
    "faults.title_": {"401", "403", "404", "409", "412", "422", "429", "503"},
    "public.law_": {"ord62", "hsr", "all"},
    "faults.hint_": {"403", "404", "412", "500", "503"},
}
FILES: Final = sorted([*PAGES.glob("templates/*.j2"), *PAGES.rglob("*.py")])
STEMS: Final = {file.stem for file in FOLDER.glob("*.yaml")}


def written_keys() -> set[str]:
    text = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
    found = {key for key in LITERAL.findall(text) if key.partition(".")[0] in STEMS}
    return {key for key in found if not key.endswith((".css", ".js"))}


def composed_keys() -> set[str]:
    return {prefix + value for prefix, values in FAMILIES.items() for value in values}


def test_every_message_is_chinese_and_english() -> None:
    for key, entry in catalogue().items():
        assert set(entry) == set(LANGUAGES), key
        if key != "layout.switch":  # it names the other language in that language
            assert CHINESE.search(entry["zh"]), key
            assert not CHINESE.search(entry["en"]), key


def test_both_languages_have_the_same_places_for_values() -> None:
    for key, entry in catalogue().items():
        assert re.findall(r"\{\w+\}", entry["zh"]) == re.findall(r"\{\w+\}", entry["en"]), key


def test_every_key_that_is_used_exists() -> None:
    used = {key for key in written_keys() if not key.endswith("_")} | composed_keys()
    assert len(used) > 100
    assert sorted(used - set(catalogue())) == []


def test_no_message_is_left_over() -> None:
    assert sorted(set(catalogue()) - written_keys() - composed_keys()) == []


def test_an_incomplete_entry_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.yaml").write_text("a: {zh: 一}\nb: {zh: 二, en: two}\nc: {zh: '', en: three}\n", encoding="utf-8")
    monkeypatch.setattr("api.pages.language.FOLDER", tmp_path)
    catalogue.cache_clear()
    with pytest.raises(RuleFileError, match=r"x\.a: .*x\.c: "):
        catalogue()
    monkeypatch.undo()
    catalogue.cache_clear()


def test_values_are_put_in_and_unknown_keys_are_faults() -> None:
    assert say("zh", "facts.class_of_condition", n=3) == "3 类"
    with pytest.raises(KeyError):
        say("en", "map.no_such_thing")


@pytest.mark.parametrize("name", templates().list_templates())
def test_templates_hold_no_words_of_their_own(name: str) -> None:
    """Chinese in a template would have no English; comments and punctuation may stand there."""
    text = (PAGES / "templates" / name).read_text(encoding="utf-8")
    assert CHINESE.findall(re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)) == []


@pytest.mark.parametrize("name", templates().list_templates())
def test_templates_need_nothing_that_the_policy_forbids(name: str) -> None:
    """The content security policy lets no inline style, script or handler run."""
    text = (PAGES / "templates" / name).read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "| safe" not in text


def test_the_layers_with_kinds_are_named() -> None:
    for kinds in LAYER_KINDS.values():
        assert {f"facts.kind_{kind.label}" for kind in kinds} <= set(catalogue())
