"""Shape of the files in this folder (文件格式): comparison items, materials, settings, each with its doubt."""

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Stage = Literal["not_accepted", "correction", "refusal", "information"]
TextStatus = Literal["full_text", "excerpt", "recalled"]
VehicleClassName = Literal["none", "I", "II", "III", "unknown"]
Need = Literal["always", "class", "several_trips", "temporary_plate", "city_streets", "never"]
ITEM_COUNT = 21


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Strict):
    """A yes or no that this system chose (设定), with the doubt about it."""

    value: bool
    doubt: str


class ClauseRef(_Strict):
    """A clause an item rests on, and how well its wording is known (依据条文)."""

    id: Annotated[str, Field(pattern=r"^[a-z]+\d*-\d+(\.\d+)*$")]
    text_status: TextStatus
    note: str | None = None


class Group(_Strict):
    """One of the groups (大项)."""

    id: str
    title_zh: str
    title_en: str


class ComparisonItem(_Strict):
    """One item of the machine comparison (比对小项).

    Attributes:
        stage: What follows when the item differs: 不予受理, 补正, 不予许可, or information only.
        can_follow: Whether what is missing may be handed in later (容缺受理).
        can_promise: Whether a promise may stand in until it is verified (告知承诺).
    """

    id: str
    group: str
    title_zh: str
    title_en: str
    compares: str
    clauses: tuple[ClauseRef, ...] = ()
    stage: Stage
    can_follow: Choice
    can_promise: Choice
    doubt: str | None = None

    @model_validator(mode="after")
    def _grounds_are_final(self) -> Self:
        if self.stage in {"not_accepted", "refusal"} and (self.can_follow.value or self.can_promise.value):
            msg = f"{self.id}: a ground of non-acceptance or refusal can neither follow later nor be promised away"
            raise ValueError(msg)
        return self


class ComparisonFile(_Strict):
    """`comparison.yaml`."""

    notice: str
    groups: tuple[Group, ...]
    items: tuple[ComparisonItem, ...]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        ids = Counter(item.id for item in self.items)
        repeated = sorted(name for name, times in ids.items() if times > 1)
        unknown = sorted({item.group for item in self.items} - {group.id for group in self.groups})
        if repeated or unknown or len(self.items) != ITEM_COUNT:
            msg = f"{len(self.items)} items for {ITEM_COUNT}, repeated ids {repeated}, unknown groups {unknown}"
            raise ValueError(msg)
        return self


class Material(_Strict):
    """One material of an application (申请材料).

    Attributes:
        needed: When it is needed; "class" means for the `classes` named, "never" that it is only seen in use.
        form_field: Field of the form that is the material itself; None when a file is attached.
        item: Comparison item that already speaks of it, so that it is not listed twice.
    """

    id: str
    title_zh: str
    title_en: str
    needed: Need
    classes: tuple[VehicleClassName, ...] = ()
    form_field: str | None = None
    item: str | None = None
    clause: ClauseRef | None = None
    can_follow: Choice
    can_promise: Choice
    source: str
    doubt: str | None = None


class MaterialsFile(_Strict):
    """`materials.yaml`."""

    notice: str
    materials: tuple[Material, ...]


class SettingEntry(_Strict):
    """One entry of `settings.yaml`."""

    value: str | list[str]
    title_zh: str
    source: str
    doubt: str


class FormSettings(_Strict):
    """The chosen values; what each means and what is doubtful about it stands in `settings.yaml`."""

    axle_sum_tolerance_percent: Annotated[int, Field(ge=0, le=100)]
    mass_sum_tolerance_kg: Annotated[int, Field(ge=0)]
    multi_trip_max_months: Annotated[int, Field(ge=1)]
    single_trip_max_days: Annotated[int, Field(ge=0)]
    correction_working_days: Annotated[int, Field(ge=1)]
    follow_within_working_days: Annotated[int, Field(ge=1)]
    promise_classes: tuple[VehicleClassName, ...]
    heavy_scope_words: tuple[str, ...]
    trailer_plate_endings: tuple[str, ...]
    group_load_tolerance_percent: Annotated[int, Field(ge=0, le=100)]
    axle_share_tolerance_percent: Annotated[int, Field(ge=0, le=100)]
    centre_of_gravity_tolerance_mm: Annotated[int, Field(ge=0)]
    statement_note_zh: str
    statement_note_en: str
    correction_note_zh: str
    correction_note_en: str
