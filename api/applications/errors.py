"""Faults of a form, a notation or a sheet: all of them at once, each naming its field."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input (填报错误).

    Attributes:
        field: Place in the form, such as ``cargo.mass_kg`` or ``drivers.0.name``.
        message_zh: What is wrong and what is expected, in Chinese.
        message_en: The same in English.
        code: Short stable name of the kind of fault, such as ``missing``.
    """

    field: str
    message_zh: str
    message_en: str
    code: str

    def to_json(self) -> dict[str, str]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A fault with its place in a sheet: row and column count from 1 as the office program shows them."""

    row: int | None
    column: str | None
    fault: Fault

    def to_json(self) -> dict[str, object]:
        """Plain JSON values."""
        return {"row": self.row, "column": self.column, **self.fault.to_json()}


class ApplicationError(Exception):
    """Root of the faults of applications."""


class FormError(ApplicationError):
    """A form that cannot be taken; `faults` holds everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"{fault.field}: {fault.message_zh} / {fault.message_en}" for fault in faults))
        self.faults = tuple(faults)


class NotationError(FormError):
    """A text of axle loads or spacings that cannot be read with certainty (轴荷分布、轴距写法)."""


class SpreadsheetError(ApplicationError):
    """A sheet that cannot be taken; `faults` holds everything that is wrong, by row and column."""

    def __init__(self, faults: Sequence[SheetFault]) -> None:
        super().__init__("\n".join(f"第{f.row}行 {f.column}: {f.fault.message_zh}" for f in faults))
        self.faults = tuple(faults)
