"""Permit numbers of our own (许可证号): used where no provincial service hands numbers out."""

import datetime as dt

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from api.permits.errors import PermitError
from api.permits.settings import PermitSettings, default_permit_settings

CODE_DIGITS = 6
SERIAL_DIGITS = 5


def make_number(code: str, on: dt.date, serial: int, *, settings: PermitSettings | None = None) -> str:
    """A permit number: division code, day, serial and check digit (本系统的编号，非官方格式).

    Args:
        code: Six-digit division code of the issuing body.
        on: Day of issue.
        serial: From 1 up to 99999, counted by body and day.
        settings: Other settings than the packaged ones.

    Raises:
        PermitError: Code or serial are out of range.
    """
    chosen = settings or default_permit_settings()
    if len(code) != CODE_DIGITS or not (code.isascii() and code.isdigit()):
        raise PermitError(f"code: {code!r} is not a division code of six digits")
    if not 0 < serial < 10**SERIAL_DIGITS:
        raise PermitError(f"serial: {serial} is outside 1-{10**SERIAL_DIGITS - 1}")
    number = chosen.permit_number.format(code=code, date=f"{on:%Y%m%d}", serial=f"{serial:0{SERIAL_DIGITS}d}")
    return number + str(mod_11_10.calc_check_digit(number))


def has_check_digit(number: str) -> bool:
    """Whether the number is one of ours and its check digit is right; another body's number may well not be."""
    try:
        mod_11_10.validate(number)
    except ValidationError:
        return False
    return True
