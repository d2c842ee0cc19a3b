"""Values of settings (设定的取值): what holds in a province on a day, and how a new value is set."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Select, or_, select, text

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.db.tables import Setting
from api.dispatch.settings import DispatchSettings
from api.errors import FieldFault, InvalidError, NotFoundError
from api.permits.settings import PermitSettings
from api.provinces.declared import Declaration, Value, declarations, value_faults
from api.provinces.overrides import file_default, file_words, merged, override_faults
from api.unit_of_work import UnitOfWork
from rules.divisions import division_file
from rules.service import ServiceSettings

_REPLACED: Final = "settings replaced"
EVERYWHERE: Final = "00"  # holds where a province has not chosen


@dataclass(frozen=True, slots=True)
class SettingState:
    """One setting of a province on a day, as a page shows it."""

    name: str
    declaration: Declaration
    title_zh: str
    doubt: str
    default: Value
    value: Value
    chosen: Setting | None
    planned: tuple[Setting, ...]


def setting(work: UnitOfWork, name: str, province: str | None, on: dt.date) -> Value:
    """The value of a setting that holds on a day: the province's, else everywhere's, else the default.

    Args:
        work: Any.
        name: As declared in `settings.yaml`.
        province: First two digits of its code; None where no province is concerned.
        on: The day.

    Raises:
        KeyError: No such setting is declared: a fault of the program.
    """
    declaration = declarations()[name]
    chosen = _chosen(work, name, province, on)
    if chosen is not None:
        return cast(Value, chosen.value["value"])
    return file_default(name) if declaration.type == "overrides" else declaration.default_value


def is_switched_on(work: UnitOfWork, name: str, province: str | None, on: dt.date) -> bool:
    """The value of a switch."""
    return setting(work, name, province, on) is True


def integer_setting(work: UnitOfWork, name: str, province: str | None, on: dt.date) -> int:
    """The value of a setting that is an integer."""
    return cast(int, setting(work, name, province, on))


def text_setting(work: UnitOfWork, name: str, province: str | None, on: dt.date) -> str:
    """The value of a setting that is a text or a choice."""
    return cast(str, setting(work, name, province, on))


def service_settings_on(work: UnitOfWork, province: str | None, on: dt.date) -> ServiceSettings:
    """Periods and thresholds of the procedure, with what the province replaced (`rules/service.yaml`)."""
    return cast(ServiceSettings, merged("service", _replaced(work, "service", province, on)))


def dispatch_settings_on(work: UnitOfWork, province: str | None, on: dt.date) -> DispatchSettings:
    """Settings of the dispatch, with what the province replaced (`api/dispatch/settings.yaml`)."""
    return cast(DispatchSettings, merged("dispatch", _replaced(work, "dispatch", province, on)))


def permit_settings_on(work: UnitOfWork, province: str | None, on: dt.date) -> PermitSettings:
    """Settings of permits, with what the province replaced (`api/permits/settings.yaml`)."""
    return cast(PermitSettings, merged("permits", _replaced(work, "permits", province, on)))


def set_setting(work: UnitOfWork, province: str, name: str, value: object, valid_from: dt.date) -> Setting:
    """Choose a value from a day on (设定取值), until the next chosen one begins.

    A value set for today replaces that of today; the ledger keeps both with their times. Nothing is set for days past:
    what was decided then was decided by what held then.

    Raises:
        NotFoundError: No such setting, or no such province.
        InvalidError: The value does not fit, or the day is past.
    """
    authorise(work.actor, Action.WRITE_SETTINGS)
    declaration = _declared(province, name)
    faults = [FieldFault("value", fault, fault) for fault in _faults(name, declaration, value)]
    if valid_from < work.today:
        faults.append(
            FieldFault("valid_from", "不得早于今天：设定不溯及既往", "not before today: never after the fact")
        )
    if faults:
        raise InvalidError(faults)
    work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"setting:{province}:{name}"})
    row = Setting(province=province, name=name, value={"value": value}, valid_from=valid_from)
    row.id, row.set_by, row.set_at = uuid.uuid4(), work.actor.account_id, work.now
    row.valid_until = _make_room(work, row)
    work.session.add(row)
    work.session.flush()
    work.remembered.clear()
    work.record("setting_changed", province=province, name=name, value=value, valid_from=valid_from.isoformat())
    return row


def settings_of(work: UnitOfWork, province: str) -> list[SettingState]:
    """All settings of a province as they hold today, with what is planned."""
    authorise(work.actor, Action.READ_SETTINGS)
    _check_province(province)
    return [_state(work, province, name, declaration) for name, declaration in declarations().items()]


def history_of(work: UnitOfWork, province: str, name: str) -> list[Setting]:
    """Every value that was ever chosen in a province, in the order of choosing."""
    authorise(work.actor, Action.READ_SETTINGS)
    _declared(province, name)
    query = select(Setting).where(Setting.province == province, Setting.name == name)
    return list(work.session.scalars(query.order_by(Setting.set_at, Setting.valid_from, Setting.id)))


def _state(work: UnitOfWork, province: str, name: str, declaration: Declaration) -> SettingState:
    overrides = declaration.type == "overrides"
    title_zh, doubt = file_words(name) if overrides else (declaration.title_zh, declaration.doubt)
    default = file_default(name) if overrides else declaration.default_value
    later = select(Setting).where(
        Setting.province == province,
        Setting.name == name,
        Setting.valid_from > work.today,
        or_(Setting.valid_until.is_(None), Setting.valid_until > Setting.valid_from),
    )
    planned = tuple(work.session.scalars(later.order_by(Setting.valid_from)))
    chosen = _chosen(work, name, province, work.today)
    value = cast(Value, chosen.value["value"]) if chosen else default
    return SettingState(name, declaration, title_zh, doubt, default, value, chosen, planned)


def _chosen(work: UnitOfWork, name: str, province: str | None, on: dt.date) -> Setting | None:
    """What was chosen for a day; a province's own choice comes before that for everywhere."""
    return work.session.scalar(_choices(province, on).where(Setting.name == name).limit(1))


def _choices(province: str | None, on: dt.date) -> Select[Setting]:
    """All choices that hold on a day; of one name the one that goes before comes first."""
    query = select(Setting).where(
        Setting.province.in_({province or EVERYWHERE, EVERYWHERE}),
        Setting.valid_from <= on,
        or_(Setting.valid_until.is_(None), Setting.valid_until > on),
    )
    return query.order_by(Setting.province == EVERYWHERE, Setting.valid_from.desc())


def _replaced(work: UnitOfWork, file: str, province: str | None, on: dt.date) -> Mapping[str, object]:
    """What was chosen for a day in place of a file's values, by field: one question to the database for all."""
    known = work.remembered.get((_REPLACED, file, province, on))
    if known is None:
        declared = declarations().items()
        names = [name for name, one in declared if one.type == "overrides" and name.startswith(f"{file}.")]
        rows = work.session.scalars(_choices(province, on).where(Setting.name.in_(names)))
        chosen: dict[str, object] = {}
        for row in rows:  # the one that goes before comes first
            chosen.setdefault(row.name.partition(".")[2], row.value["value"])
        known = work.remembered[_REPLACED, file, province, on] = chosen
    return cast(Mapping[str, object], known)


def _make_room(work: UnitOfWork, new: Setting) -> dt.date | None:
    """End what held before on the day the new value begins; gives the day on which the new one ends."""
    query = select(Setting).where(Setting.province == new.province, Setting.name == new.name)
    others = list(work.session.scalars(query))
    for other in others:
        if other.valid_from <= new.valid_from and (other.valid_until is None or other.valid_until > new.valid_from):
            other.valid_until = new.valid_from
    later = [
        other.valid_from
        for other in others
        if other.valid_from > new.valid_from and (other.valid_until is None or other.valid_until > other.valid_from)
    ]
    return min(later, default=None)


def _faults(name: str, declaration: Declaration, value: object) -> list[str]:
    return override_faults(name, value) if declaration.type == "overrides" else value_faults(declaration, value)


def _declared(province: str, name: str) -> Declaration:
    _check_province(province)
    declaration = declarations().get(name)
    if declaration is None:
        raise NotFoundError("没有这项设定", "no such setting")
    return declaration


def _check_province(province: str) -> None:
    if province != EVERYWHERE and province not in division_file().provinces:
        raise NotFoundError("没有这个省份代码", "no such province")
