"""Items on the cargo (货物): indivisibility, sizes, class and materials, earlier declarations."""

from functools import reduce

from api.applications.form import ApplicationForm
from api.checks.case import Case, Declared, fits, silent
from api.checks.results import FORM, REGISTER, REVIEW, RULES, Evidence
from api.checks.route_items import reviewed_class
from rules.forms import Material, materials

DECLARATIONS_ZH = "历史申报信息来源"
WHOLE_FIELD = {"height": "height_mm", "width": "width_mm", "length": "length_mm", "gross_mass": "gross_mass_kg"}
DIMENSIONS = (("height_mm", "高", "height"), ("width_mm", "宽", "width"), ("length_mm", "长", "length"))


def indivisible(case: Case) -> list[Evidence]:
    """不可解体: nothing but the applicant's word and a person's eye can tell; a declared divisible load is refused."""
    if not case.form.whole.indivisible:
        said = ("货物属于可分载物品", "the load is divisible")
        return [Evidence("whole.indivisible", False, "不可解体", True, FORM, "differs", *said)]
    said = ("是否不可解体仅为申报，须由审查人员核对", "indivisible by declaration only: a person has to look")
    lines = [Evidence("whole.indivisible", True, "不可解体", None, "none", "unknown", *said)]
    pieces = case.form.cargo.pieces
    if pieces > 1:
        said = (f"装载{pieces}件，是否可分载须由审查人员判断", f"{pieces} pieces: a person has to judge divisibility")
        lines.append(Evidence("cargo.pieces", pieces, "件数", None, "none", "unknown", *said))
    return lines


def overall_sizes(case: Case) -> list[Evidence]:
    """外廓尺寸: the whole is nowhere smaller than a vehicle of it or the cargo."""
    form = case.form
    parts = [("cargo", "货物", form.cargo), ("tractor", "牵引车", form.tractor), ("trailer", "挂车", form.trailer)]
    lines = []
    for name, zh, en in DIMENSIONS:
        overall = getattr(form.whole, name)
        for place, who, part in parts:
            if part is None:
                continue
            size = getattr(part, name)
            said = (
                f"车货总{zh}{overall}毫米小于{who}{zh}{size}毫米",
                f"overall {en} {overall} mm is below that of the {place}, {size} mm",
            )
            lines.append(
                fits(
                    Declared(f"whole.{name}", overall, f"车货总{zh}", f"overall {en}"),
                    Declared(f"{place}.{name}", size, f"{who}{zh}", en),
                    agrees=overall >= size,
                    said=said,
                )
            )
    return lines


def class_materials(case: Case) -> list[Evidence]:
    """类别与材料: the class by the declared figures, the same in the review, and the materials it asks for."""
    missing_or_not = [_material(case.form, m) for m in materials().values() if m.item is None and _is_needed(case, m)]
    return [*_class_lines(case), *missing_or_not]


def _class_lines(case: Case) -> list[Evidence]:
    own, reviewed = case.classification.vehicle_class, reviewed_class(case.review)
    if own == "unknown":
        said = ("资料不足，不能认定类别", "the class cannot be told")
        return [Evidence("whole", None, "第十五条分类", None, RULES, "unknown", *said)]
    lines = [Evidence("whole", own, "第十五条分类", own, RULES, "agrees")]
    if reviewed is not None:
        said = ("", "") if reviewed == own else ("审查所用类别与申报数据不一致", "the review found another class")
        outcome = "agrees" if reviewed == own else "unknown"
        lines.append(Evidence("whole", own, "路线审查的类别", reviewed, REVIEW, outcome, *said))  # type: ignore[arg-type]
    return lines


def _is_needed(case: Case, material: Material) -> bool:
    wanted = case.form.items_wanted
    return {
        "always": True,
        "class": case.classification.vehicle_class in material.classes,
        "several_trips": case.form.trip.trips > 1,
        "temporary_plate": wanted.temporary_plate == "yes",
        "city_streets": wanted.city_streets == "yes",
        "never": False,
    }[material.needed]


def _material(form: ApplicationForm, material: Material) -> Evidence:
    attached = form.attachments.get(material.id, [])  # type: ignore[call-overload]
    if material.form_field is None:
        field, has_it = f"attachments.{material.id}", bool(attached)
    else:
        field = material.form_field
        has_it = field == "form" or reduce(getattr, field.split("."), form) is not None
    return Evidence(
        field,
        "已提交" if has_it else None,
        material.title_zh,
        None,
        FORM,
        "agrees" if has_it else "differs",
        "" if has_it else f"缺少{material.title_zh}",
        "" if has_it else f"missing: {material.title_en}",
        material=material.id,
    )


def same_cargo(case: Case) -> list[Evidence]:
    """同一货物的申报变化: now close below a class edge, earlier declared above it."""
    cargo = case.form.cargo
    named = Declared("cargo.serial_number", cargo.serial_number or cargo.name, "货物此前的申报", "earlier declarations")
    answer = case.register.declarations(cargo)
    if answer is None:
        return [silent(named, DECLARATIONS_ZH)]
    source = f"{REGISTER}:{answer.source}"
    lines = [
        Evidence("cargo.serial_number", cargo.serial_number, "此前申报次数", len(answer.records), source, "agrees")
    ]
    for near in case.classification.near_threshold:
        field = WHOLE_FIELD[near.quantity]
        for earlier in answer.records:
            was = getattr(earlier, field)
            if was is not None and was > near.edge:
                before = f"同一货物在{earlier.case}（{earlier.declared_on}）申报{was}，超过界限{near.edge}"
                before_en = f"the same cargo was declared with {was} in {earlier.case}, above the edge {near.edge}"
                said = (f"{before}；现申报{near.value}，接近而未超过", f"{before_en}; now {near.value}, close below it")
                lines.append(Evidence(f"whole.{field}", near.value, "此前申报", was, source, "differs", *said))
    return lines
