"""The version a change is based on (所据版本): these changes are refused without one."""

from typing import Annotated

from fastapi import Depends

from api.errors import FieldFault, InvalidError
from api.http.dependencies import IfMatch


def read_version(expected: IfMatch) -> int:
    """The version of the `If-Match` header.

    Raises:
        InvalidError: There is none.
    """
    if expected is None:
        raise InvalidError([FieldFault("If-Match", "请带上所读版本的标签（ETag）", "send the ETag that was read")])
    return expected


ReadVersion = Annotated[int, Depends(read_version)]
