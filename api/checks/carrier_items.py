"""Items on the carrier (企业资质): identity, licence, scope, restriction period."""

from api.checks.case import Case, Declared, not_found, reaches, same, silent, well_formed
from api.checks.identifiers import is_licence_number, is_uscc
from api.checks.records import Answer, CarrierRecord
from api.checks.results import FORM, REGISTER, Evidence

CARRIERS_ZH = "企业信息来源"
RESTRICTIONS_ZH = "限制申请信息来源"


def _answer(case: Case) -> Answer[CarrierRecord] | None:
    return case.register.carriers(case.form.carrier.uscc)


def carrier_identity(case: Case) -> list[Evidence]:
    """承运单位身份: name and unified social credit code."""
    carrier = case.form.carrier
    code = Declared("carrier.uscc", carrier.uscc, "统一社会信用代码", "social credit code")
    name = Declared("carrier.name", carrier.name, "承运单位名称", "name of the carrier")
    form = well_formed(code, is_uscc(carrier.uscc))
    if form.outcome == "differs":
        return [form]
    answer = _answer(case)
    if answer is None:
        return [form, silent(code, CARRIERS_ZH), silent(name, CARRIERS_ZH)]
    if not answer.records:
        return [form, not_found(code, answer.source, CARRIERS_ZH)]
    record = answer.records[0]
    return [same(code, record.uscc, answer.source), same(name, record.name, answer.source)]


def operating_licence(case: Case) -> list[Evidence]:
    """道路运输经营许可证: number and dates, in force from the day in hand through the trip's end."""
    carrier = case.form.carrier
    number = Declared("carrier.licence_number", carrier.licence_number, "许可证号", "licence number")
    begins = Declared("carrier.licence_from", carrier.licence_from, "许可证有效期起", "licence start")
    until = Declared("carrier.licence_until", carrier.licence_until, "许可证有效期", "licence")
    lines = [reaches(until, carrier.licence_until, case.trip_end)]
    if carrier.licence_from > case.form.trip.start_date:
        said = ("行驶开始时许可证尚未生效", "the licence is not yet in force when the trip starts")
        start = case.form.trip.start_date.isoformat()
        lines.append(
            Evidence(begins.field, carrier.licence_from.isoformat(), "行驶开始日", start, FORM, "differs", *said)
        )
    answer = _answer(case)
    if answer is None or not answer.records:
        unusual = well_formed(number, is_licence_number(carrier.licence_number))
        doubts = [unusual] if unusual.outcome == "unknown" else []
        return [*lines, *doubts, silent(number, CARRIERS_ZH), silent(until, CARRIERS_ZH)]
    record = answer.records[0]
    source = f"{REGISTER}:{answer.source}"
    registered = reaches(until, record.licence_until, case.trip_end, source=source)
    return [*lines, same(number, record.licence_number, answer.source), registered]


def licence_scope(case: Case) -> list[Evidence]:
    """经营范围: the scope names the transport of large loads; the register's wording decides where there is one."""
    scope = case.form.carrier.licence_scope
    declared = Declared("carrier.licence_scope", scope, "经营范围", "scope of the licence")
    words = "、".join(case.settings.heavy_scope_words)
    stated = _scope_line(case, scope, f"经营范围须有：{words}", FORM)
    answer = _answer(case)
    if answer is None or not answer.records or answer.records[0].licence_scope is None:
        return [stated, silent(declared, CARRIERS_ZH)]
    registered = _scope_line(case, answer.records[0].licence_scope, "登记的经营范围", f"{REGISTER}:{answer.source}")
    return [stated, registered]


def _scope_line(case: Case, scope: str, compared_with: str, source: str) -> Evidence:
    has_word = any(word in scope for word in case.settings.heavy_scope_words)
    return Evidence(
        "carrier.licence_scope",
        case.form.carrier.licence_scope,
        compared_with,
        scope,
        source,
        "agrees" if has_word else "differs",
        "" if has_word else "道路运输经营许可证经营范围不包括大件运输",
        "" if has_word else "the licence does not cover the transport of large loads",
    )


def restriction_period(case: Case) -> list[Evidence]:
    """限制申请期: a carrier that may not apply on this day."""
    uscc = case.form.carrier.uscc
    declared = Declared("carrier.uscc", uscc, "限制申请情况", "restriction of the carrier")
    answer = case.register.restrictions(uscc)
    if answer is None:
        return [silent(declared, RESTRICTIONS_ZH)]
    holding = [restriction for restriction in answer.records if restriction.holds(case.on)]
    source = f"{REGISTER}:{answer.source}"
    if not holding:
        return [Evidence("carrier.uscc", uscc, "限制申请期", None, source, "agrees")]
    return [
        Evidence(
            "carrier.uscc",
            uscc,
            "限制申请期",
            f"{held.begins}至{held.ends or '未定'}",
            source,
            "differs",
            f"承运单位在被依法限制申请的期限内（{held.reason}，至{held.ends or '未定'}）",
            f"the carrier may not apply ({held.reason}, until {held.ends or 'further notice'})",
        )
        for held in holding
    ]
