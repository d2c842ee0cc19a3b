"""First page of the permit (通行证正页): every field, and the QR code at the foot."""

from api.permits import phrases
from api.permits.content import PermitContent
from api.permits.fonts import SANS, SERIF
from api.permits.pdf_sheet import BOTTOM_MM, GREY, MARGIN_MM, PAGE_HEIGHT_MM, WIDTH_MM, Field, Sheet
from api.permits.qr import QUIET_MODULES, dark_runs, make_qr
from api.permits.wording import CLASS, Words

QR_MM = 50.0
FOOT_MM = QR_MM + 3
LONGEST_ON_FIRST_PAGE = 170
TITLE = Words("超限运输车辆通行证", "Permit for an Over-limit Transport Vehicle")
HOW_TO_VERIFY = (
    "核验方法：扫描右侧二维码取得以 DJ1: 开头的文字，用核验页面或命令 dajian permit verify 核对签名，不需要网络；"
    "同时查对撤销清单的签发时间。"
)
HOW_TO_VERIFY_EN = "Scan the code and check its text (DJ1:…) on the verification page or with: dajian permit verify"
DUTIES = "随车携带本证；车辆、货物须与本证一致；按规定的时间、路线和速度行驶；不得涂改、租借、转让。"


def set_first_page(sheet: Sheet, content: PermitContent, record_text: str) -> None:
    """Set title, fields and QR code; fields that do not fit go on the next page, the code stays on the first."""
    sheet.add_page()
    sheet.reserved_mm = FOOT_MM
    sheet.heading(TITLE)
    page, top = sheet.page, sheet.get_y()
    _set_foot(sheet, content, record_text)
    sheet.page = page
    sheet.set_xy(MARGIN_MM, top)
    sheet.grid(_fields(content))


def _fields(content: PermitContent) -> list[Field]:
    trailers = "、".join(phrases.plate_text(one) for one in content.trailers)
    dates = f"{content.valid_from} 至 {content.valid_until}"
    return [
        Field(Words("许可证号", "Permit No."), f"{content.number}（第 {content.sequence} 版）"),
        Field(Words("类别", "Class"), CLASS[content.vehicle_class].zh),
        Field(Words("承运单位", "Carrier"), content.holder.name),
        Field(Words(content.holder.code_type[:8], "Carrier's code"), content.holder.code),
        Field(Words("经营许可证号", "Transport licence"), content.holder.transport_licence or ""),
        Field(Words("联系电话", "Telephone"), content.holder.phone or ""),
        Field(Words("牵引车号牌", "Tractor plate"), phrases.plate_text(content.tractor)),
        Field(Words("挂车号牌", "Trailer plates"), trailers),
        Field(Words("货物名称", "Cargo"), _cargo_name(content)),
        Field(Words("货物质量", "Cargo mass"), phrases.mass_text(content.cargo.mass_kg)),
        Field(Words("整备质量", "Curb mass"), phrases.mass_text(content.curb_mass_kg)),
        Field(Words("车货总质量", "Gross mass"), phrases.mass_text(content.vehicle.gross_mass_kg)),
        Field(Words("车货总长×宽×高", "L × W × H, loaded"), phrases.size_text(content.vehicle), wide=True),
        Field(Words("轴荷分布", "Axle loads"), _axles(content), wide=True),
        *_empty_return(content),
        Field(Words("有效期", "Validity"), dates),
        Field(Words("通行次数", "Trips"), f"{content.trips} 次"),
        Field(Words("起讫点", "From – to"), f"{content.route.start} — {content.route.end}", wide=True),
        Field(Words("入口收费站", "Toll entry"), phrases.station_text(content.route.entry)),
        Field(Words("出口收费站", "Toll exit"), phrases.station_text(content.route.exit)),
        Field(Words("有效范围", "Area"), f"{content.scope}（省份代码 {'、'.join(content.provinces)}）", wide=True),
        Field(Words("通行线路", "Route"), _shortened(content.route.phrase), wide=True),
        Field(Words("通行条件", "Conditions"), _conditions(content), wide=True),
        Field(Words("护送", "Escort"), _shortened(phrases.escort_text(content.escort)), wide=True),
        *_joined(content),
        *_remark(content),
        Field(Words("审核日期", "Decided on"), str(content.issuer.decided_on)),
        Field(Words("签发人", "Signed by"), content.issuer.signer),
    ]


def _cargo_name(content: PermitContent) -> str:
    pieces = f" × {content.cargo.pieces} 件" if content.cargo.pieces > 1 else ""
    return content.cargo.name + pieces


def _axles(content: PermitContent) -> str:
    axles = content.vehicle.axles
    text = f"{len(axles)} 轴：{phrases.axle_runs(axles)}"
    return text if len(text) <= LONGEST_ON_FIRST_PAGE else f"{len(axles)} 轴，各轴轴荷与轴距见附页"


def _empty_return(content: PermitContent) -> list[Field]:
    back = content.empty_return
    if back is None:
        return []
    text = f"{phrases.size_text(back)}，{phrases.mass_text(back.gross_mass_kg)}；无须另行办证"
    return [Field(Words("空车返程", "Empty return"), text, wide=True)]


def _conditions(content: PermitContent) -> str:
    own = "；".join(phrases.condition_text(one) for one in content.conditions)
    count = len(content.structures)
    more = f"另有 {count} 处构造物须附条件通过，见附页" if count else ""
    return _shortened("；".join(text for text in (own, more) if text) or "无附加条件")


def _joined(content: PermitContent) -> list[Field]:
    if not content.joined_items:
        return []
    text = _shortened(phrases.joined_text(content.joined_items))
    return [Field(Words("联办事项", "Joined decisions"), text, wide=True)]


def _remark(content: PermitContent) -> list[Field]:
    previous = f"原许可证号 {content.previous_number}" if content.previous_number else ""
    text = "；".join(word for word in (previous, content.remark) if word)
    return [Field(Words("备注", "Remark"), _shortened(text), wide=True)] if text else []


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_ON_FIRST_PAGE else text[: LONGEST_ON_FIRST_PAGE - 10] + "……（全文见附页）"


def _set_foot(sheet: Sheet, content: PermitContent, record_text: str) -> None:
    """Issuer, place of the seal and how to verify on the left, the QR code on the right."""
    top = PAGE_HEIGHT_MM - BOTTOM_MM - QR_MM
    left, width = MARGIN_MM, WIDTH_MM - QR_MM - 6
    sheet.set_font(SERIF, size=12)
    for n, text in enumerate((f"发证单位：{content.issuer.name}", f"发证日期：{content.issuer.issued_on}")):
        sheet.set_xy(left, top + 3 + n * 7)
        sheet.write_cut(text, width)
    sheet.set_font(SANS, size=7)
    sheet.set_text_color(*GREY)
    sheet.set_xy(left, top + 18)
    sheet.cell(width, 4, "（发证机关电子印章 Seal of the issuing body）")
    sheet.ink()
    sheet.set_xy(left, top + 29)
    sheet.small(f"{DUTIES}\n{HOW_TO_VERIFY}\n{HOW_TO_VERIFY_EN}", width)
    _draw_qr(sheet, record_text, MARGIN_MM + WIDTH_MM - QR_MM, top)


def _draw_qr(sheet: Sheet, text: str, left: float, top: float) -> None:
    """The code on white with its quiet zone, whatever lies below."""
    code = make_qr(text)
    module = QR_MM / (code.symbol_size(border=QUIET_MODULES)[0])
    sheet.set_fill_color(255, 255, 255)
    sheet.rect(left, top, QR_MM, QR_MM, style="F")
    sheet.set_fill_color(0, 0, 0)
    for row, column, length in dark_runs(code):
        x, y = left + (column + QUIET_MODULES) * module, top + (row + QUIET_MODULES) * module
        sheet.rect(x, y, length * module, module, style="F")
