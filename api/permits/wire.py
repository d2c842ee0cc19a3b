"""Bytes of records (字节编码): whole numbers, texts, dates; a reader that survives hostile bytes."""

import datetime as dt

from api.permits.errors import RecordError

DAY_ZERO = dt.date(2000, 1, 1)
MINUTE_ZERO = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - local time in China, as everywhere here
MINUTE = dt.timedelta(minutes=1)
MAX_UINT = 2**32 - 1
MAX_TEXT_BYTES = 96
_MORE, _SEVEN = 0x80, 0x7F
_UINT_BITS = 32


class Writer:
    """Collects bytes. Numbers take seven bits a byte, low bits first, the high bit says that more follow."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def raw(self, value: bytes) -> None:
        """Bytes of a length the reader knows."""
        self.bytes += value

    def uint(self, value: int) -> None:
        """A whole number from 0 to 2^32 - 1.

        Raises:
            RecordError: It is outside.
        """
        if not 0 <= value <= MAX_UINT:
            raise RecordError(f"{value} does not fit a record: 0 to {MAX_UINT}")
        while value > _SEVEN:
            self.bytes.append(value & _SEVEN | _MORE)
            value >>= 7
        self.bytes.append(value)

    def signed(self, value: int) -> None:
        """A whole number of either sign: 0, -1, 1, -2, 2 are written as 0, 1, 2, 3, 4."""
        self.uint(value * 2 if value >= 0 else -value * 2 - 1)

    def text(self, value: str) -> None:
        """A text of at most 96 bytes in UTF-8, its length first.

        Raises:
            RecordError: It is longer.
        """
        encoded = value.encode()
        if len(encoded) > MAX_TEXT_BYTES:
            raise RecordError(f"{value!r} is longer than {MAX_TEXT_BYTES} bytes")
        self.uint(len(encoded))
        self.raw(encoded)

    def day(self, value: dt.date) -> None:
        """A day from 2000-01-01 on."""
        self.uint((value - DAY_ZERO).days)

    def minute(self, value: dt.datetime) -> None:
        """A minute from 2000 on, local time in China; seconds are dropped."""
        self.uint((value - MINUTE_ZERO) // MINUTE)


class Reader:
    """Reads what `Writer` wrote; anything else is a `RecordError`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def raw(self, count: int) -> bytes:
        """The next bytes."""
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise RecordError("ends too early")
        self._at += count
        return taken

    def uint(self) -> int:
        """A whole number, in its shortest form only."""
        value = shift = 0
        while True:
            byte = self.raw(1)[0]
            value |= (byte & _SEVEN) << shift
            if not byte & _MORE:
                break
            shift += 7
            if shift > _UINT_BITS:
                raise RecordError("holds a number of more than 32 bits")
        if value > MAX_UINT or (byte == 0 and shift):
            raise RecordError("holds a number that is too large or not in its shortest form")
        return value

    def signed(self) -> int:
        """A whole number of either sign."""
        value = self.uint()
        return value // 2 if value % 2 == 0 else -(value + 1) // 2

    def text(self) -> str:
        """A text in UTF-8."""
        length = self.uint()
        if length > MAX_TEXT_BYTES:
            raise RecordError(f"holds a text of more than {MAX_TEXT_BYTES} bytes")
        try:
            return self.raw(length).decode()
        except UnicodeDecodeError as error:
            raise RecordError("holds a text that is not UTF-8") from error

    def day(self) -> dt.date:
        """A day."""
        try:
            return DAY_ZERO + dt.timedelta(days=self.uint())
        except OverflowError as error:
            raise RecordError("holds a day after the year 9999") from error

    def minute(self) -> dt.datetime:
        """A minute, local time in China."""
        try:
            return MINUTE_ZERO + self.uint() * MINUTE
        except OverflowError as error:
            raise RecordError("holds a time after the year 9999") from error

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise RecordError(f"{len(self._data) - self._at} bytes follow the end")
