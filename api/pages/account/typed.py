"""What was typed into a form of the account pages (填写的内容): checked by the same models as the interface's."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from api.errors import InvalidError
from api.pages.page import PageContext

M = TypeVar("M", bound=BaseModel)
Faults = dict[str, str]


def typed(page: PageContext, names: tuple[str, ...], secret: tuple[str, ...] = ()) -> dict[str, str]:
    """Fields of the form by name; secrets keep the blanks around them."""
    values = {name: page.field(name) for name in names}
    return values | {name: str(page.form.get(name, "")) for name in secret}


def read(page: PageContext, model: type[M], values: dict[str, str]) -> tuple[M | None, Faults]:
    """The model, or what is wrong by field in the reader's words: `account.fault_…` of the field."""
    try:
        return model.model_validate(values), {}
    except ValidationError as error:
        wrong = {str(one["loc"][0]): values.get(str(one["loc"][0]), "") for one in error.errors()}
    return None, {
        name: page.t(f"account.fault_{name}") if text else page.t("account.fault_missing")
        for name, text in wrong.items()
    }


def faults_of(page: PageContext, error: InvalidError) -> Faults:
    """Faults of a service function by field."""
    found: Faults = {}
    for fault in error.faults:
        said = fault.message_zh if page.language == "zh" else fault.message_en
        found[fault.field] = f"{found[fault.field]}; {said}" if fault.field in found else said
    return found
