"""Settings of the procedure (办件期限与程序的设定): periods beside article 15, lawful pauses, card thresholds."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, PositiveInt, TypeAdapter, ValidationError, model_validator

from rules.errors import RuleFileError
from rules.loading import RULES_FOLDER, read_yaml

FILE = RULES_FOLDER / "service.yaml"

ClassWithPeriod = Literal["I", "II", "III"]
TimedStep = Literal["intake", "machine_review", "review", "decision"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PauseBasis(_Strict):
    """A ground that stops the clock, given written notice (停表事由)."""

    title_zh: str
    clause: str


class UnlawfulPauseBasis(_Strict):
    """A ground often used to stop the clock that does not (不停表的情形)."""

    title_zh: str
    explanation_zh: str


class ServiceSettings(_Strict):
    """The chosen values in working days; meaning, source and doubt of each stand in `service.yaml`."""

    intake_days: PositiveInt
    corrections_at_most: PositiveInt
    delivery_days: PositiveInt
    verifying_officers: PositiveInt
    forwarding_days: PositiveInt
    along_route_days: dict[ClassWithPeriod, PositiveInt]
    promised_days: dict[ClassWithPeriod, PositiveInt]
    opinion_days: dict[ClassWithPeriod, PositiveInt]
    change_days: PositiveInt
    statement_days: PositiveInt
    correction_answer_days: PositiveInt
    promised_item_days: PositiveInt
    step_days: dict[TimedStep, PositiveInt]
    warning_days: int
    warning_percent: int
    decision_by_another_person: bool
    pause_bases: dict[str, PauseBasis]
    unlawful_pause_bases: dict[str, UnlawfulPauseBasis]

    @model_validator(mode="after")
    def _bases_are_either_lawful_or_not(self) -> Self:
        both = sorted(set(self.pause_bases) & set(self.unlawful_pause_bases))
        if both:
            msg = f"pause bases listed as lawful and unlawful: {', '.join(both)}"
            raise ValueError(msg)
        return self


class ServiceEntry(_Strict):
    """One entry of `service.yaml`, as a page shows it."""

    value: str | dict[str, str] | dict[str, dict[str, str]]
    title_zh: str
    source: str
    doubt: str


def read_entries(path: Path) -> dict[str, ServiceEntry]:
    """All entries of a file with title, source and doubt, by name.

    Raises:
        RuleFileError: The file is broken; every fault is named.
    """
    try:
        return TypeAdapter(dict[str, ServiceEntry]).validate_python(read_yaml(path))
    except ValidationError as error:
        raise RuleFileError(f"{path.name}: {error}") from error


def read_service(path: Path) -> ServiceSettings:
    """The settings of a file.

    Raises:
        RuleFileError: The file is broken; every fault is named.
    """
    entries = read_entries(path)
    try:
        return ServiceSettings.model_validate({name: entry.value for name, entry in entries.items()})
    except ValidationError as error:
        raise RuleFileError(f"{path.name}: {error}") from error


@cache
def service_entries() -> dict[str, ServiceEntry]:
    """All entries of `service.yaml`."""
    return read_entries(FILE)


@cache
def default_service() -> ServiceSettings:
    """The settings of `service.yaml` (默认设定)."""
    return read_service(FILE)


def explain_pause_refusal(basis: str, settings: ServiceSettings) -> str | None:
    """Why a ground does not stop the clock, in Chinese; None when it does (不停表的理由)."""
    if basis in settings.pause_bases:
        return None
    lawful = "、".join(one.title_zh for one in settings.pause_bases.values())
    known = settings.unlawful_pause_bases.get(basis)
    words = f"{known.title_zh}不停表：{known.explanation_zh}" if known else f"“{basis}”不是停表事由"
    return f"{words}。可以停表的只有{lawful}，并须书面告知申请人"
