"""Items on the route (线路): verdict, dates, overlapping permits, escort plan."""

import calendar
import datetime as dt
from collections.abc import Mapping

from api.checks.case import Case, Declared, fits, silent
from api.checks.results import FORM, REGISTER, REVIEW, Evidence, Outcome
from rules.forms import materials

PERMITS_ZH = "许可信息来源"
ASSUMED = "assumed"
MONTHS = 12
TOLD = 3
_VERDICTS: Mapping[str, Outcome] = {
    "passes": "agrees",
    "conditional": "agrees",
    "unknown": "unknown",
    "blocked": "differs",
    "no_route": "differs",
}
_VERDICT_ZH = {
    "passes": "可通行",
    "conditional": "有条件通行",
    "unknown": "路线资料不足，不能认定可以通行",
    "blocked": "路线不可通行，应先改线或者加固",
    "no_route": "起讫点之间没有连通的道路",
}
_VERDICT_EN = {
    "passes": "passes",
    "conditional": "passes under conditions",
    "unknown": "the route's data do not suffice",
    "blocked": "the route is blocked: another route or reinforcement comes first",
    "no_route": "no road connects the ends",
}


def route_verdict(case: Case) -> list[Evidence]:
    """路线审查结论: what the review of the road says of this load."""
    stated = case.form.trip.route_text[:80] or None
    review = case.review
    if review is None:
        said = ("尚无路线审查结论", "the route has not been reviewed")
        return [Evidence("trip.line", stated, "路线审查", None, "none", "unknown", *said)]
    verdict = str(review.get("verdict"))
    outcome = _VERDICTS.get(verdict, "unknown")
    chinese, english = _VERDICT_ZH.get(verdict, "路线审查结论无法判读"), _VERDICT_EN.get(verdict, "unreadable verdict")
    reasons = "、".join(_blockers(review)) if outcome != "agrees" else ""
    said = ("", "") if outcome == "agrees" else (f"{chinese}（{reasons}）" if reasons else chinese, english)
    source = ASSUMED if _rests_on_assumptions(review) else REVIEW
    return [Evidence("trip.line", stated, "路线审查", verdict, source, outcome, *said), *_other_load(case, review)]


def _blockers(review: Mapping[str, object]) -> list[str]:
    why = review.get("why_not")
    blockers = why.get("blockers") if isinstance(why, dict) else None
    reasons = [str(b.get("reason", "")) for b in blockers or [] if isinstance(b, dict)]
    return list(dict.fromkeys(reason for reason in reasons if reason))[:TOLD]


def _rests_on_assumptions(review: Mapping[str, object]) -> bool:
    """Whether the best route passes only by assumed clearances or by nothing stated at all."""
    routes = review.get("routes")
    best = routes[0] if isinstance(routes, list) and routes else {}
    findings = best.get("findings", []) if isinstance(best, dict) else []
    return any(isinstance(f, dict) and f.get("basis") in {ASSUMED, "none"} for f in findings)


def reviewed_class(review: Mapping[str, object] | None) -> str | None:
    """Class the review found; None when it does not say."""
    classification = (review or {}).get("classification")
    return str(classification["class"]) if isinstance(classification, dict) and "class" in classification else None


def _other_load(case: Case, review: Mapping[str, object]) -> list[Evidence]:
    """A review of other figures says nothing about this load."""
    found, own = reviewed_class(review), case.classification.vehicle_class
    if found == own:
        return []
    said = ("路线审查所用车货的类别与申请不同，须重新审查", "the review is of a load of another class: review again")
    return [Evidence("whole", own, "路线审查的类别", found, REVIEW, "unknown", *said)]


def trip_period(case: Case) -> list[Evidence]:
    """行驶时间: not past, in order, within the months of a plan."""
    trip = case.form.trip
    start, end = trip.start_date, trip.end_date
    lines = [
        fits(
            Declared("trip.start_date", start, "行驶开始日期", "start"),
            Declared("", case.on, "办理当日", "today"),
            agrees=start >= case.on,
            said=(f"行驶开始日期{start}已过", f"the start {start} is past"),
        ),
        fits(
            Declared("trip.end_date", end, "行驶结束日期", "end"),
            Declared("", start, "行驶开始日期", "start"),
            agrees=end >= start,
            said=("结束日期早于开始日期", "the end lies before the start"),
        ),
    ]
    months, days = case.settings.multi_trip_max_months, case.settings.single_trip_max_days
    if trip.trips > 1:
        latest = add_months(start, months)
        said = (
            f"多次运输的期限超过{months}个月（至{latest}）",
            f"several trips: longer than {months} months ({latest})",
        )
        lines.append(_until(end, latest, said))
    elif days:
        latest = start + dt.timedelta(days=days - 1)
        said = (f"单次运输超过{days}天（至{latest}）", f"a single trip: longer than {days} days ({latest})")
        lines.append(_until(end, latest, said))
    return lines


def _until(end: dt.date, latest: dt.date, said: tuple[str, str]) -> Evidence:
    declared = Declared("trip.end_date", end, "行驶结束日期", "end")
    return fits(declared, Declared("", latest, "最迟结束日期", "latest end"), agrees=end <= latest, said=said)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day where it has none (对应日)."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def overlapping_permits(case: Case) -> list[Evidence]:
    """同号牌许可重叠: another permit in force for one of the plates within the days of travel."""
    trip, plates = case.form.trip, case.form.plates
    declared = Declared("tractor.plate", "、".join(plates), "号牌", "plates")
    answer = case.register.permits(plates)
    if answer is None:
        return [silent(declared, PERMITS_ZH)]
    source = f"{REGISTER}:{answer.source}"
    period = f"{trip.start_date}至{trip.end_date}"
    meeting = [
        p for p in answer.records if p.is_active and p.valid_from <= trip.end_date and trip.start_date <= p.valid_until
    ]
    if not meeting:
        return [Evidence("tractor.plate", period, "同号牌的其他许可", None, source, "agrees")]
    return [
        Evidence(
            "tractor.plate",
            period,
            "同号牌的其他许可",
            f"{permit.permit_number}（{permit.valid_from}至{permit.valid_until}）",
            source,
            "differs",
            f"同一号牌在此期间另有许可{permit.permit_number}",
            f"permit {permit.permit_number} for the same plate is in force then",
        )
        for permit in meeting
    ]


def escort_plan(case: Case) -> list[Evidence]:
    """护送方案: its five parts, where the class asks for it or one is handed in."""
    plan = case.form.escort_plan
    if plan is None:
        if case.classification.vehicle_class not in materials()["escort_plan"].classes:
            return []
        said = ("缺少护送方案", "the escort plan is missing")
        return [Evidence("escort_plan", None, "护送方案", None, FORM, "differs", *said, material="escort_plan")]
    parts = {
        "vehicles": (len(plan.vehicles), "护送车辆配置方案"),
        "staff": (len(plan.staff), "护送人员配备方案"),
        "route": (len(plan.route.strip()), "护送路线情况说明"),
        "rules": (len(plan.rules.strip()), "护送操作细则"),
        "exceptions": (len(plan.exceptions.strip()), "异常情况处理"),
    }
    return [
        Evidence(
            f"escort_plan.{name}",
            size,
            title,
            None,
            FORM,
            "agrees" if size else "differs",
            "" if size else f"护送方案缺少“{title}”",
            "" if size else f"the escort plan lacks its part {name}",
        )
        for name, (size, title) in parts.items()
    ]
