"""Items on persons (人员): agent, authority, drivers."""

from typing import Final

from api.applications.parties import Agent, Driver
from api.checks.case import Case, Declared, not_found, reaches, same, silent, well_formed
from api.checks.identifiers import is_mobile, is_resident_id
from api.checks.results import FORM, REGISTER, Evidence

PERSONS_ZH = "人员信息来源"
AUTHORIZATION: Final = "authorization"


def agent_identity(case: Case) -> list[Evidence]:
    """经办人身份: name, identity number, mobile."""
    agent = case.form.agent
    mobile = well_formed(
        Declared("agent.mobile", agent.mobile, "经办人手机号", "agent's mobile"), is_mobile(agent.mobile)
    )
    # A mobile number has no source here; only its fault is worth a line.
    return [*_person(case, agent, "agent", "经办人"), *([mobile] if mobile.outcome == "differs" else [])]


def _person(case: Case, person: Agent | Driver, place: str, who: str) -> list[Evidence]:
    number = Declared(f"{place}.id_number", person.id_number, f"{who}身份证号", "identity number")
    name = Declared(f"{place}.name", person.name, f"{who}姓名", "name")
    lines = [well_formed(number, is_resident_id(person.id_number))] if person.id_kind == "resident" else []
    if any(line.outcome == "differs" for line in lines):
        return lines
    answer = case.register.persons(person.id_number)
    if answer is None:
        return [*lines, silent(number, PERSONS_ZH), silent(name, PERSONS_ZH)]
    if not answer.records:
        return [*lines, not_found(number, answer.source, PERSONS_ZH)]
    record = answer.records[0]
    # The register knows the number: whether it looks unusual no longer matters.
    return [same(number, record.id_number, answer.source), same(name, record.name, answer.source)]


def agent_authority(case: Case) -> list[Evidence]:
    """经办人授权: the letter of authority; not needed where the legal representative comes himself (our reading)."""
    form = case.form
    if (
        form.carrier.legal_representative_id is not None
        and form.agent.id_number == form.carrier.legal_representative_id
    ):
        return []
    letters = form.attachments.get(AUTHORIZATION, [])
    return [
        Evidence(
            f"attachments.{AUTHORIZATION}",
            ", ".join(letters) or None,
            "授权委托书",
            None,
            FORM,
            "agrees" if letters else "differs",
            "" if letters else "缺少授权委托书",
            "" if letters else "the letter of authority is missing",
            material=AUTHORIZATION,
        )
    ]


def drivers(case: Case) -> list[Evidence]:
    """驾驶员: identity and certificate of qualification, reaching the last day of travel."""
    lines: list[Evidence] = []
    for number, driver in enumerate(case.form.drivers):
        place = f"drivers.{number}"
        lines += [*_person(case, driver, place, driver.name), *_qualification(case, driver, place)]
    return lines


def _qualification(case: Case, driver: Driver, place: str) -> list[Evidence]:
    until = Declared(
        f"{place}.qualification_until",
        driver.qualification_until,
        f"{driver.name}从业资格证有效期",
        "certificate of qualification",
    )
    lines = [reaches(until, driver.qualification_until, case.trip_end)]
    answer = case.register.persons(driver.id_number)
    if answer is None or not answer.records:
        return [*lines, silent(until, PERSONS_ZH)]
    record = answer.records[0]
    source = f"{REGISTER}:{answer.source}"
    number = Declared(
        f"{place}.qualification_number", driver.qualification_number, f"{driver.name}从业资格证号", "certificate number"
    )
    registered = [
        same(number, record.qualification_number, answer.source),
        reaches(until, record.qualification_until, case.trip_end, source=source),
    ]
    # Where the register knows the end, an end left out on the form is no gap.
    return [*(lines if driver.qualification_until is not None else []), *registered]
