"""What a change changes, and what has to be looked at again (变更比较): only that, and nothing less.

Two forms are compared field by field. Every field belongs to one subject, and every subject names the checks it needs;
what no changed subject needs stands as it was decided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Subject = Literal["people", "papers", "vehicle", "cargo", "dates", "route", "trips", "escort", "other"]
Check = Literal["papers", "route", "dates", "classification", "dispatch", "check_before_departure", "plan", "escort"]
SUBJECT_ZH: Final[Mapping[Subject, str]] = {
    "people": "承运人、经办人或驾驶员",
    "papers": "牵引车、挂车的号牌或证照",
    "vehicle": "车货总体尺寸、质量或轴荷",
    "cargo": "货物",
    "dates": "行驶日期",
    "route": "路线",
    "trips": "通行次数、运输计划或空车返程",
    "escort": "护送方案",
    "other": "材料或其他",
}
CHECK_ZH: Final[Mapping[Check, str]] = {
    "papers": "人员、企业和车辆证照比对",
    "route": "路线与桥梁审查",
    "dates": "与日期有关的审查（临时管制、证照和保险有效期、有效期长度）",
    "classification": "分类",
    "dispatch": "管辖与征求意见",
    "check_before_departure": "起运前核查",
    "plan": "多次通行条件",
    "escort": "护送方案审查",
}
CHECKS: Final[Mapping[Subject, tuple[Check, ...]]] = {
    "people": ("papers",),
    "papers": ("papers", "check_before_departure"),
    "vehicle": ("papers", "classification", "route", "dispatch", "check_before_departure"),
    "cargo": ("papers", "classification", "check_before_departure"),
    "dates": ("dates",),
    "route": ("route", "dispatch", "dates"),
    "trips": ("plan",),
    "escort": ("escort",),
    "other": ("papers",),
}
# The first that fits, by the beginning of the field's name.
_SUBJECTS: Final[tuple[tuple[str, Subject], ...]] = (
    ("trip.start_date", "dates"),
    ("trip.end_date", "dates"),
    ("trip.trips", "trips"),
    ("trip.plan", "trips"),
    ("trip.empty_return", "trips"),
    ("trip.", "route"),
    ("carrier.", "people"),
    ("agent.", "people"),
    ("drivers", "people"),
    ("tractor", "papers"),
    ("trailer", "papers"),
    ("whole", "vehicle"),
    ("cargo", "cargo"),
    ("escort_plan", "escort"),
)
_LINE: Final = "trip.line"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that is not as it was; None where it was or is not there."""

    field: str
    subject: Subject
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changes:
    """What a change changes.

    Attributes:
        fields: Every field that differs, in the order of their names.
        subjects: What they are about.
        checks: What has to be looked at again.
    """

    fields: tuple[FieldChange, ...]
    subjects: tuple[Subject, ...]
    checks: tuple[Check, ...]

    @property
    def keeps_road_review(self) -> bool:
        """Whether route and bridges stand as reviewed (换牵引车而轴组不变、改期不改路)."""
        return "route" not in self.checks

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "fields": [
                {"field": one.field, "subject": one.subject, "before": one.before, "after": one.after}
                for one in self.fields
            ],
            "subjects": [{"id": one, "title_zh": SUBJECT_ZH[one]} for one in self.subjects],
            "checks": [{"id": one, "title_zh": CHECK_ZH[one]} for one in self.checks],
            "keeps_road_review": self.keeps_road_review,
        }


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """What differs between two application forms, and what that makes necessary.

    Args:
        before: The form that the permit was issued on, as JSON values.
        after: The form that is asked for.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    fields = tuple(
        FieldChange(name, subject_of(name), old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )
    subjects = tuple(subject for subject in SUBJECT_ZH if any(one.subject == subject for one in fields))
    needed = {check for subject in subjects for check in CHECKS[subject]}
    return Changes(fields, subjects, tuple(check for check in CHECK_ZH if check in needed))


def subject_of(field: str) -> Subject:
    """What a field is about."""
    return next((subject for prefix, subject in _SUBJECTS if field.startswith(prefix)), "other")


def _flat(value: object, name: str = "") -> Iterable[tuple[str, Any]]:
    """Leaves by their dotted names; a drawn line is one leaf, and what is not filled in is none."""
    if isinstance(value, Mapping) and name != _LINE:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _flat(inner, f"{name}.{place}")
    elif value is not None:
        yield name, value
