"""Items on the axles (车轴): arrays against totals, art. 17, plausibility by statics."""

from collections.abc import Sequence

from api.applications.combination import LoadedWhole
from api.checks.case import Case, Declared, fits
from api.checks.results import RULES, Evidence
from api.checks.statics import GroupLoad, judge_groups
from data.vehicles import AxleInput

PERCENT = 100
ARTICLE_17 = "ord62-17."


def axle_arrays(case: Case) -> list[Evidence]:
    """轴荷、轴距与轮胎: sums of the arrays against the totals, and against what each vehicle states."""
    whole = case.form.whole
    return [_sum_of_loads(case, whole), _sum_of_spacings(whole), _even_tyres(whole), *_counts(case)]


def _sum_of_loads(case: Case, whole: LoadedWhole) -> Evidence:
    total, gross = sum(axle.load_kg for axle in whole.axles), whole.gross_mass_kg
    allowed = case.settings.axle_sum_tolerance_percent
    said = (
        f"轴荷之和{total}千克与车货总质量{gross}千克相差超过{allowed}%",
        f"axle loads add up to {total} kg, gross mass is {gross} kg: more than {allowed} % apart",
    )
    return fits(
        Declared("whole.axles", total, "轴荷之和", "sum of axle loads"),
        Declared("whole.gross_mass_kg", gross, "车货总质量", "gross mass"),
        agrees=abs(total - gross) * PERCENT <= allowed * gross,
        said=said,
    )


def _sum_of_spacings(whole: LoadedWhole) -> Evidence:
    wheelbase = sum(axle.spacing_mm for axle in whole.axles)
    said = (
        f"轴距之和{wheelbase}毫米不小于车货总长{whole.length_mm}毫米",
        f"spacings add up to {wheelbase} mm, not below the length of {whole.length_mm} mm",
    )
    return fits(
        Declared("whole.axles", wheelbase, "轴距之和", "sum of spacings"),
        Declared("whole.length_mm", whole.length_mm, "车货总长度", "overall length"),
        agrees=wheelbase < whole.length_mm,
        said=said,
    )


def _even_tyres(whole: LoadedWhole) -> Evidence:
    odd = [str(number) for number, axle in enumerate(whole.axles, start=1) if axle.tyres % 2]
    said = (f"第{'、'.join(odd)}轴轮胎数为单数", f"odd number of tyres on axle {', '.join(odd)}")
    tyres = Declared("whole.axles", sum(axle.tyres for axle in whole.axles), "轮胎数", "tyres")
    return fits(tyres, Declared("", None, "每轴轮胎数为双数", "even tyres"), agrees=not odd, said=said)


def _counts(case: Case) -> list[Evidence]:
    """Axles and tyres of each vehicle against the arrays; a double-file line may be stated as one or two lines."""
    lines: list[Evidence] = []
    form = case.form
    for place, who, vehicle, axles in (
        ("tractor", "牵引车", form.tractor, _of_unit(form.whole, trailer=False)),
        ("trailer", "挂车", form.trailer, _of_unit(form.whole, trailer=True)),
    ):
        if vehicle is None:
            continue
        stated = {len(axles), sum(axle.files for axle in axles)}
        tyres = sum(axle.tyres for axle in axles)
        lines += [
            fits(
                Declared(f"{place}.axle_count", vehicle.axle_count, f"{who}轴数", "axles"),
                Declared("whole.axles", len(axles), f"轴荷分布中{who}的轴数", "axles of the array"),
                agrees=vehicle.axle_count in stated,
                said=(
                    f"{who}填{vehicle.axle_count}轴，轴荷分布有{len(axles)}轴",
                    f"{place} states {vehicle.axle_count} axles, the array has {len(axles)}",
                ),
            ),
            fits(
                Declared(f"{place}.tyre_count", vehicle.tyre_count, f"{who}轮胎数", "tyres"),
                Declared("whole.axles", tyres, f"轴荷分布中{who}的轮胎数", "tyres of the array"),
                agrees=vehicle.tyre_count == tyres,
                said=(
                    f"{who}填{vehicle.tyre_count}个轮胎，各轴合计{tyres}个",
                    f"{place} states {vehicle.tyre_count} tyres, the array has {tyres}",
                ),
            ),
        ]
    return lines


def _of_unit(whole: LoadedWhole, *, trailer: bool) -> Sequence[AxleInput]:
    return [axle for axle in whole.axles if (axle.unit == "trailer") is trailer]


def axle_limits(case: Case) -> list[Evidence]:
    """第十七条轴荷: mean and largest axle load, as the rules judge them."""
    findings = (*case.classification.refusals, *case.classification.findings)
    lines: list[Evidence] = []
    for finding in dict.fromkeys(f for f in findings if f.clause.startswith(ARTICLE_17)):
        fulfilled = finding.outcome == "met"
        lines.append(
            Evidence(
                "whole.axles",
                finding.measured,
                "第十七条",
                finding.threshold,
                f"{RULES}:{finding.clause}",
                "differs" if fulfilled else "agrees" if finding.outcome == "not_met" else "unknown",
                finding.reason if finding.outcome != "not_met" else "",
                finding.reason_en if finding.outcome != "not_met" else "",
            )
        )
    if not lines and case.classification.vehicle_class == "unknown":
        said = ("第十七条当日未施行或者资料不足，不能认定", "art. 17 is not in force that day, or data are missing")
        lines.append(Evidence("whole.axles", None, "第十七条", None, RULES, "unknown", *said))
    return lines


def axle_statics(case: Case) -> list[Evidence]:
    """轴荷分布合理性: declared loads of the axle groups against what equilibrium allows."""
    return [_static_line(group) for group in judge_groups(case.form, case.settings)]


def _static_line(group: GroupLoad) -> Evidence:
    low, high = round(group.low_kg), round(group.high_kg)
    said = {
        "agrees": ("", ""),
        "unknown": (f"{group.zh}：{group.why_zh}", f"{group.en}: {group.why_en}"),
        "differs": (
            f"{group.zh}申报{group.declared_kg}千克，静力平衡只允许{low}～{high}千克{group.why_zh}",
            f"{group.en}: declared {group.declared_kg} kg, equilibrium allows {low} to {high} kg{group.why_en}",
        ),
    }[group.outcome]
    return Evidence(
        "whole.axles", group.declared_kg, f"{group.zh}的静力区间", f"{low}～{high}", "form", group.outcome, *said
    )
