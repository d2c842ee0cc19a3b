"""The published review rules (公布的审查规则): what is compared, with which numbers, and what follows.

Numbers come from the review policy in use, from `rules/` and from what the province has set.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from api.pages.language import Language, say
from api.pages.public.clauses import clause_name
from api.pages.public.province import Setting
from api.provinces.settings import integer_setting, is_switched_on, service_settings_on, setting
from api.unit_of_work import UnitOfWork
from data.policies import load_policy
from maps.sentences import format_measure
from routing.bridges.policy import BridgePolicy
from routing.policy import Policy
from rules.forms.loading import comparison_file
from rules.forms.model import ComparisonItem
from rules.identity import rules_id
from rules.near import RANK
from rules.service import service_entries
from rules.settings import NearThresholdBand, default_settings

_CLASS_KEYS: Final = {
    "none": "public.class_none",
    "I": "public.class_one",
    "II": "public.class_two",
    "III": "public.class_three",
}
_QUANTITY_KEYS: Final = {
    "height": "public.height",
    "width": "public.width",
    "length": "public.length",
    "gross_mass": "public.gross_mass",
}
_STAGE_KEYS: Final = {
    "not_accepted": "public.stage_not_accepted",
    "correction": "public.stage_correction",
    "refusal": "public.stage_refusal",
    "information": "public.stage_information",
}
_STEP_KEYS: Final = {
    "intake": "public.step_name_intake",
    "machine_review": "public.step_name_machine",
    "review": "public.step_name_review",
    "decision": "public.step_name_decision",
}


_NO_DOUBT: Final = "无"


@dataclass(frozen=True, slots=True)
class Line:
    """A name and what is said of it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One of the comparison items (比对小项); `compares` and `doubt` are Chinese."""

    group: str
    title: str
    compares: str
    follows: str
    clauses: str
    doubt: str


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period or threshold of the procedure; title, source and doubt are Chinese."""

    title: str
    value: str
    source: str
    doubt: str


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """Everything that is published of the review."""

    limits: tuple[Line, ...]
    bridges: tuple[Line, ...]
    items: tuple[ItemRow, ...]
    items_notice: str
    is_automatic: bool
    automatic: tuple[str, ...]
    periods: tuple[PeriodRow, ...]
    cards: tuple[Line, ...]
    near: tuple[Line, ...]
    seen_by_carriers: str
    rules_id: str
    policy_id: str


def rules_of(work: UnitOfWork, chosen: Setting, language: Language) -> ReviewRules:
    """The published rules for a province on a day."""
    policy, service = load_policy(), service_settings_on(work, chosen.province, chosen.on)
    notice = comparison_file().notice
    return ReviewRules(
        limits=tuple(_limits(policy, language)),
        bridges=tuple(_bridges(policy.bridges, language)),
        items=tuple(_item(one, language) for one in comparison_file().items),
        items_notice=notice,
        is_automatic=is_switched_on(work, "automatic_decision", chosen.province, chosen.on),
        automatic=tuple(_automatic(work, chosen, language)),
        periods=tuple(_periods(service.model_dump(), language)),
        cards=tuple(_cards(service.warning_days, service.warning_percent, language)),
        near=tuple(_near(one, language) for one in default_settings().near_threshold),
        seen_by_carriers=_seen(work, chosen, language),
        rules_id=rules_id(),
        policy_id=policy.policy_id,
    )


def _mm(value: int) -> str:
    return format_measure(value, "mm")


def _kg(value: int) -> str:
    return format_measure(value, "kg")


def _limits(policy: Policy, language: Language) -> Iterator[Line]:
    """What a stated limit, a missing one and an unreadable one mean (限值的判定)."""
    height, mass = policy.height, policy.mass
    yield Line(say(language, "public.rule_stated"), say(language, "public.rule_stated_text"))
    yield Line(
        say(language, "public.rule_height_structure"),
        say(
            language,
            "public.rule_height_structure_text",
            legal=_mm(height.legal_mm),
            margin=_mm(height.assumed_margin_mm),
        ),
    )
    yield Line(
        say(language, "public.rule_height_open"),
        say(
            language,
            "public.rule_height_open_text",
            passes=_mm(height.open_road_passes_mm),
            conditional=_mm(height.open_road_conditional_mm),
        ),
    )
    yield Line(say(language, "public.width"), say(language, "public.rule_width_text", legal=_mm(policy.legal_width_mm)))
    yield Line(
        say(language, "public.length"), say(language, "public.rule_length_text", legal=_mm(policy.legal_length_mm))
    )
    covered = "public.rule_mass_text" if mass.uncovered_roads_unknown else "public.rule_mass_mapped_text"
    yield Line(say(language, "public.gross_mass"), say(language, covered))
    yield Line(
        say(language, "public.rule_axles"),
        say(
            language,
            "public.rule_axles_text",
            one=_kg(mass.legal_axle_load_kg),
            two=_kg(mass.legal_axle_group_kg),
            three=_kg(mass.legal_tridem_kg),
        ),
    )
    yield Line(say(language, "public.rule_unreadable"), say(language, "public.rule_unreadable_text"))


def _bridges(policy: BridgePolicy, language: Language) -> Iterator[Line]:
    """How bridges are judged (桥梁验算的判定)."""
    allowed = _joined(
        (
            f"{say(language, 'public.condition_class', n=n)} {ratio:g}"
            for n, ratio in policy.condition.allowed_ratio.items()
        ),
        language,
    )
    yield Line(say(language, "public.bridge_ratio"), say(language, "public.bridge_ratio_text"))
    yield Line(say(language, "public.bridge_allowed"), allowed)
    yield Line(
        say(language, "public.bridge_condition"),
        say(
            language,
            "public.bridge_condition_text",
            special=_classes(policy.condition.special_classes, language),
            blocked=_classes(policy.condition.blocked_classes, language),
            months=policy.condition.rating_valid_months,
            worse=policy.condition.stale_classes_worse,
        ),
    )
    yield Line(
        say(language, "public.bridge_factors"),
        say(
            language,
            "public.bridge_factors_text",
            normal=policy.factors.normal,
            check=policy.factors.against_check_load,
        ),
    )
    yield Line(
        say(language, "public.bridge_controlled"),
        say(language, "public.bridge_controlled_text", speed=policy.controlled_speed_kmh),
    )
    yield Line(
        say(language, "public.bridge_band"), say(language, "public.bridge_band_text", band=f"{policy.special_band:g}")
    )
    yield Line(
        say(language, "public.bridge_special"),
        say(
            language,
            "public.bridge_special_text",
            skew=f"{policy.max_skew_deg:g}",
            words="、".join(policy.special_types),
        ),
    )


def _classes(numbers: frozenset[int], language: Language) -> str:
    return _joined((say(language, "public.condition_class", n=n) for n in sorted(numbers)), language)


def _item(one: ComparisonItem, language: Language) -> ItemRow:
    groups = {group.id: group.title_en if language == "en" else group.title_zh for group in comparison_file().groups}
    return ItemRow(
        group=groups[one.group],
        title=one.title_en if language == "en" else one.title_zh,
        compares=one.compares,
        follows=say(language, _STAGE_KEYS[one.stage]),
        clauses=_joined((clause_name(clause.id, language) for clause in one.clauses), language),
        doubt=one.doubt or "",
    )


def _automatic(work: UnitOfWork, chosen: Setting, language: Language) -> Iterator[str]:
    """The conditions of an automatic decision, all of which have to hold (自动决定的条件)."""
    place, on = chosen.province, chosen.on
    classes = cast(list[str], setting(work, "automatic_decision_classes", place, on))
    yield say(
        language,
        "public.automatic_classes",
        classes=_joined((say(language, _CLASS_KEYS[one]) for one in classes), language),
    )
    most = _kg(integer_setting(work, "automatic_decision_mass_kg", place, on))
    yield say(language, "public.automatic_mass", mass=most)
    for key in (
        "public.automatic_scope",
        "public.automatic_verdict",
        "public.automatic_basis",
        "public.automatic_items",
        "public.automatic_opinions",
        "public.automatic_near",
    ):
        yield say(language, key)
    share = integer_setting(work, "automatic_decision_sample_percent", place, on)
    yield say(language, "public.automatic_sample", percent=share)


def _periods(service: Mapping[str, Any], language: Language) -> Iterator[PeriodRow]:
    for name, entry in service_entries().items():
        value = service[name]
        if isinstance(value, bool):
            value = say(language, "public.yes" if value else "public.no")
        elif isinstance(value, Mapping):
            value = _listed(value, language)
        doubt = "" if entry.doubt == _NO_DOUBT else entry.doubt
        yield PeriodRow(entry.title_zh, str(value), entry.source, doubt)


def _listed(value: Mapping[str, Any], language: Language) -> str:
    """A value by class or by step; of grounds for pausing their names."""
    said = []
    for name, one in value.items():
        if isinstance(one, Mapping):
            said.append(str(one["title_zh"]))
        else:
            key = _CLASS_KEYS.get(name) or _STEP_KEYS[name]
            said.append(f"{say(language, key)} {one}")
    return _joined(said, language)


def _cards(warning_days: int, warning_percent: int, language: Language) -> Iterator[Line]:
    yield Line(say(language, "public.card_green"), say(language, "public.card_green_text"))
    text = say(language, "public.card_warning_text", days=warning_days, percent=warning_percent)
    yield Line(say(language, "public.card_warning"), text)
    yield Line(say(language, "public.card_yellow"), say(language, "public.card_yellow_text"))
    yield Line(say(language, "public.card_red"), say(language, "public.card_red_text"))


def _near(one: NearThresholdBand, language: Language) -> Line:
    """Values close below an edge (接近临界值)."""
    assert one.next_class in RANK  # noqa: S101 - a class of the law
    unit = "kg" if one.quantity == "gross_mass" else "mm"
    name = f"{say(language, _QUANTITY_KEYS[one.quantity])} → {say(language, _CLASS_KEYS[one.next_class])}"
    if one.from_value is not None:
        return Line(name, say(language, "public.near_from", value=format_measure(one.from_value, unit)))
    return Line(name, say(language, "public.near_from_percent", percent=one.from_percent))


def _seen(work: UnitOfWork, chosen: Setting, language: Language) -> str:
    """What carriers are told of bridges (对承运人的公布)."""
    sees = setting(work, "carrier_sees_bridges", chosen.province, chosen.on)
    edges = cast(list[int], setting(work, "bridge_bands_percent", chosen.province, chosen.on))
    keys = {"nothing": "public.sees_nothing", "verdict": "public.sees_verdict", "bands": "public.sees_bands"}
    return say(language, keys[str(sees)], edges=_joined((f"{edge}%" for edge in edges), language))


def _joined(texts: Any, language: Language) -> str:  # noqa: ANN401 - any iterable of texts
    return ("、" if language == "zh" else ", ").join(texts)
