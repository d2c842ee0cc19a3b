"""Reading inventories: headers, units, notations, formats, and everything that can be wrong in them."""

import csv
import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.bridges.inventory import read_bridges
from data.bridges.reading import lanes_of
from data.bridges.records import BridgeRecord, Inventory
from data.cells import Side
from data.column_names import load_mapping, packaged_mappings
from data.coverage import Coverage
from data.datums import Datum, from_cgcs2000
from data.errors import BadInputError
from routing.columns import Basis, StructureKind

SHARED = Path(__file__).resolve().parents[4] / "shared"
ONTARIO = SHARED / "data" / "ontario_bridges_2013.csv"
ANHUI = SHARED / "data" / "anhui_motorway_bridges_2024.geojson"
EXAMPLE = SHARED / "oracles" / "bridge_import_example.csv"
PLAIN = {"桥梁身份码": "B1", "桥梁名称": "示例桥", "路线编号": "S326", "中心桩号": "K16+500", "跨径组合": "3×30+45"}


def write_csv(path: Path, *rows: dict[str, str], encoding: str = "utf-8") -> Path:
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read_rows(folder: Path, *rows: dict[str, str], **more: str | Path) -> Inventory:
    return read_bridges(write_csv(folder / "b.csv", *rows), **more)


def read_one(folder: Path, **cells: str) -> tuple[BridgeRecord, Inventory]:
    found = read_rows(folder, PLAIN | cells)
    return found.records[0], found


def test_a_full_row(folder: Path) -> None:
    record, found = read_one(
        folder,
        **{
            "桥梁全长（米）": "140.6",
            "跨径总长(m)": "135",
            "单孔最大跨径(cm)": "4500",
            "桥面净宽(m)": "11.25",
            "桥面全宽/m": "12.5",
            "行车方向": "上行",
            "上部结构类型": "预应力混凝土T梁",
            "结构体系": "先简支后连续",
            "斜交角(°)": "90",
            "设计荷载": "汽车－超20级、挂车－120",
            "技术状况等级": "二类",
            "评定日期": "2023年8月4日",
            "限载(t)": "55",
            "限轴重(kg)": "13000",
            "限高(m)": "4.5",
            "桥下净高(m)": "5.2",
            "修建年度": "2005年",
            "管养单位": "示例公路局",
            "经度": "112.95",
            "纬度": "28.2",
            "坐标系": "CGCS2000",
        },
    )
    assert found.report.faults == ()
    assert found.report.warnings == ()
    assert record == BridgeRecord(
        key="B1",
        name="示例桥",
        route_ref="S326",
        stake_m=16_500,
        lon_deg=112.95,
        lat_deg=28.2,
        direction=Side.UP,
        length_mm=140_600,
        units=((30_000, 30_000, 30_000, 45_000),),
        system="continuous",
        design_load_text="汽车－超20级、挂车－120",
        design_load="汽车-超20级",
        trailer="挂车-120",
        standard="1989",
        lanes=3,
        condition=2,
        rated_on=dt.date(2023, 8, 4),
        superstructure="预应力混凝土T梁",
        is_line_beam_valid=True,
        skew_deg=0.0,
        deck_width_mm=12_500,
        deck_clear_mm=11_250,
        limit_mass_kg=55_000,
        limit_axle_kg=13_000,
        limit_height_mm=4500,
        clearance_below_mm=5200,
        built_year=2005,
        owner="示例公路局",
        source="b.csv:2",
    )


def test_order_encoding_and_title_rows_do_not_matter(folder: Path) -> None:
    path = write_csv(folder / "b.csv", dict(reversed(PLAIN.items())), encoding="gb18030")
    path.write_bytes("某某公路局桥梁台账,,,,\n2023年,,,,\n".encode("gb18030") + path.read_bytes())
    found = read_bridges(path)
    assert found.records[0].units == ((30_000, 30_000, 30_000, 45_000),)
    assert found.records[0].source == "b.csv:4"
    assert "GB 18030" in found.report.notes[0]


def test_xlsx_with_numbers_and_dates(folder: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["桥梁台账"])
    page.append(
        ["桥梁名称", "路线编号", "中心桩号(km)", "跨径组合(孔×m)", "设计荷载", "修建年度", "评定日期", "技术状况"]
    )
    page.append(["示例桥", "G4", 1459.061, "5×30", "公路-Ⅰ级", 2008, dt.datetime(2023, 8, 4), 2])  # noqa: DTZ001
    book.save(folder / "b.xlsx")
    (record,) = read_bridges(folder / "b.xlsx").records
    assert (record.stake_m, record.built_year, record.rated_on) == (1_459_061, 2008, dt.date(2023, 8, 4))
    assert (record.units, record.design_load, record.condition) == (((30_000,) * 5,), "公路-I级", 2)
    assert record.source == "b.xlsx:3"


def test_geojson_places_and_bearing(folder: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"桥梁名称": "示例桥", "路线编号": "G4"},
        "geometry": {"type": "LineString", "coordinates": [[112.0, 28.0], [112.001, 28.0]]},
    }
    bad = {"type": "Feature", "properties": {"桥梁名称": "坏桥"}, "geometry": {"type": "LineString", "coordinates": 3}}
    path = folder / "b.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature, bad]}), encoding="utf-8")
    found = read_bridges(path)
    (record,) = found.records
    assert (record.lon_deg, record.lat_deg) == pytest.approx((112.0005, 28.0))
    assert record.bearing_deg == pytest.approx(90)
    assert record.length_mm == pytest.approx(98_400, rel=0.01)
    assert [note.row for note in found.report.rejected] == [2, 2]


def test_bad_cells_are_all_named_and_count_as_unknown(folder: Path) -> None:
    record, found = read_one(
        folder,
        跨径组合="三十米",
        设计荷载="55t",
        技术状况等级="优",
        评定日期="2023-13-40",
        **{"限载(t)": "很多", "桥面净宽(m)": "11.25kg", "经度": "28.2", "纬度": "112.9"},
    )
    notes = {(note.row, note.column): note for note in found.report.faults}
    columns = ["跨径组合", "设计荷载", "技术状况等级", "评定日期", "限载(t)", "桥面净宽(m)", "经度"]
    assert {column for _, column in notes} == set(columns)
    assert notes[2, "跨径组合"].value == "三十米"
    assert "swapped" in notes[2, "经度"].reason
    assert (record.units, record.design_load, record.condition, record.rated_on) == (None, None, None, None)
    assert (record.limit_mass_kg, record.lanes, record.lon_deg) == (None, None, None)
    assert str(notes[2, "技术状况等级"]).startswith("b.csv: row 2, 技术状况等级: '优' is not a condition class")


def test_good_rows_go_in_and_rows_without_a_place_leave_a_gap(folder: Path) -> None:
    rows = [
        PLAIN,
        PLAIN | {"桥梁身份码": "B2", "中心桩号": "某处"},
        PLAIN | {"桥梁身份码": "B3", "路线编号": "", "中心桩号": ""},
    ]
    found = read_rows(folder, *rows)
    assert [record.key for record in found.records] == ["B1"]
    assert [(note.row, note.column) for note in found.report.rejected] == [(3, "中心桩号"), (3, ""), (4, "")]
    assert [(gap.route_ref, gap.stake_m, gap.what) for gap in found.gaps] == [("S326", None, 1), ("", None, 1)]
    assert (found.report.rows_in, found.report.rows_kept) == (3, 1)


def test_a_row_with_more_cells_than_the_header_is_rejected(folder: Path) -> None:
    path = write_csv(folder / "b.csv", PLAIN)
    path.write_text(path.read_text(encoding="utf-8") + "B2,x,S326,K1+000,20,too,many\n", encoding="utf-8")
    found = read_bridges(path)
    assert len(found.records) == 1
    assert "has 7 cells" in found.report.rejected[0].reason


def test_sums_that_do_not_agree_are_warnings_and_the_longest_span_decides(folder: Path) -> None:
    record, found = read_one(folder, **{"跨径总长(m)": "140", "单孔最大跨径(m)": "45"})
    assert record.units == ((30_000, 30_000, 30_000, 45_000),)
    assert [note.column for note in found.report.warnings] == ["跨径总长(m)"]
    record, found = read_one(folder, **{"跨径总长(m)": "135", "单孔最大跨径(m)": "60"})
    assert record.units is None
    assert [note.column for note in found.report.faults] == ["跨径组合"]
    record, _ = read_one(folder, 跨径组合="33*20.0m", **{"跨径总长(m)": "660", "单孔最大跨径(m)": "20"})
    assert record.units == ((20_000,) * 33,)


def test_without_a_list_only_a_single_span_is_known(folder: Path) -> None:
    record, _ = read_one(folder, 跨径组合="", **{"跨径总长(m)": "16", "单孔最大跨径(m)": "16"})
    assert record.units == ((16_000,),)
    record, found = read_one(folder, 跨径组合="", **{"跨径总长(m)": "48", "单孔最大跨径(m)": "16"})
    assert record.units is None
    assert "spans count as unknown" in found.report.warnings[0].reason


@pytest.mark.parametrize(
    ("cells", "is_valid", "doubts"),
    [
        ({"上部结构类型": "空心板"}, True, ()),
        ({"上部结构类型": ""}, None, ()),
        ({"上部结构类型": "", "桥梁名称": "示例双曲拱桥"}, False, ("arch",)),
        ({"上部结构类型": "石拱桥"}, False, ("arch",)),
        ({"上部结构类型": "斜拉桥"}, False, ("cable",)),
        ({"上部结构类型": "连续刚构"}, False, ("rigid frame",)),
        ({"上部结构类型": "箱梁", "斜交角": "45"}, False, ("skew",)),
        ({"上部结构类型": "箱梁", "斜交角": "60"}, True, ()),  # the angle of crossing: a skew of 30°
        ({"上部结构类型": "箱梁", "平曲线半径(m)": "60"}, False, ("curved",)),
    ],
)
def test_types_for_which_a_line_beam_is_not_valid(
    folder: Path, cells: dict[str, str], is_valid: bool | None, doubts: tuple[str, ...]
) -> None:
    record, _ = read_one(folder, **cells)
    assert (record.is_line_beam_valid, record.line_beam_doubts) == (is_valid, doubts)


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("简支", "simple"),
        ("连续", "continuous"),
        ("先简支后连续", "continuous"),
        ("简支（桥面连续）", "simple"),
        ("", "unknown"),
    ],
)
def test_systems(folder: Path, text: str, system: str) -> None:
    assert read_one(folder, 结构体系=text)[0].system == system


def test_design_lanes_by_width() -> None:
    assert [lanes_of(width, Side.UP) for width in (6999, 7000, 10_499, 10_500, 14_000)] == [1, 2, 2, 3, 4]
    assert [lanes_of(width, Side.BOTH) for width in (7000, 13_999, 14_000, 21_000)] == [2, 2, 4, 6]
    assert lanes_of(11_250, Side.UNKNOWN) == 2


def test_a_rebuilt_bridge_has_its_new_load(folder: Path) -> None:
    record, found = read_one(folder, 设计荷载="汽车-15级", 改造后荷载等级="公路-Ⅱ级")
    assert record.design_load == "公路-II级"
    assert "汽车-15级" in found.report.warnings[0].reason


@pytest.mark.parametrize(
    ("text", "is_closed", "mass_kg", "unclear"),
    [
        ("封闭交通", True, None, ""),
        ("全幅封闭，禁止通行", True, None, ""),
        ("半幅封闭", False, None, "半幅封闭"),
        ("限载30t", False, 30_000, ""),
        ("限载：20吨，限速40km/h", False, 20_000, ""),
        ("限载", False, None, "限载"),
        ("限载0t", False, None, "限载0t"),
        ("禁止超限车辆", False, None, "禁止超限车辆"),
        ("无", False, None, ""),
        ("正常通行", False, None, ""),
        ("限速40", False, None, ""),
    ],
)
def test_control_measures_are_read_or_stay_unclear(
    folder: Path, text: str, is_closed: bool, mass_kg: int | None, unclear: str
) -> None:
    record, _ = read_one(folder, 交通管制措施=text)
    assert (record.is_closed, record.limit_mass_kg, record.unclear_control) == (is_closed, mass_kg, unclear)


def test_a_number_of_its_own_column_settles_a_control_measure(folder: Path) -> None:
    record, _ = read_one(folder, 交通管制措施="限载", 限载="20")
    assert (record.limit_mass_kg, record.unclear_control) == (20_000, "")
    record, _ = read_one(folder, 交通管制措施="限载15t", 限载="20")
    assert record.limit_mass_kg == 15_000


def test_keys_are_made_unique_and_rows_without_one_go_in(folder: Path) -> None:
    found = read_rows(folder, PLAIN, PLAIN, PLAIN | {"桥梁身份码": ""})
    assert [record.key for record in found.records] == ["B1", "B1#3", "S326@4"]
    assert [note.row for note in found.report.warnings] == [3, 4]


def test_datums_are_converted_and_an_unknown_one_gives_no_place(folder: Path) -> None:
    lon, lat = from_cgcs2000(112.95, 28.2, Datum.GCJ02)
    place = {"经度": str(lon), "纬度": str(lat)}
    record, _ = read_one(folder, **place, 坐标系="GCJ-02")
    assert (record.lon_deg, record.lat_deg) == pytest.approx((112.95, 28.2), abs=1e-7)
    record, found = read_one(folder, **place, 坐标系="西安80")
    assert (record.lon_deg, found.report.faults[0].column) == (None, "坐标系")
    found = read_rows(folder, PLAIN | place, datum="火星坐标系")
    assert found.records[0].lon_deg == pytest.approx(112.95, abs=1e-7)
    assert found.raw_lon_deg == (lon,)
    assert "taken as CGCS2000" in " ".join(read_rows(folder, PLAIN | place).report.notes)
    with pytest.raises(BadInputError, match="北京54"):
        read_rows(folder, PLAIN, datum="北京54")


def test_culverts_and_clearances(folder: Path) -> None:
    culverts = read_rows(
        folder,
        {
            "涵洞编号": "C1",
            "路线编号": "S326",
            "中心桩号": "K1+000",
            "涵洞类型": "盖板涵",
            "孔径(m)": "1×4",
            "设计荷载": "公路-Ⅱ级",
        },
    )
    assert culverts.records[0].kind is StructureKind.CULVERT
    assert culverts.records[0].units == ((4000,),)
    limits = read_rows(
        folder,
        {
            "名称": "示例天桥",
            "类型": "人行天桥",
            "路线编号": "S326",
            "桩号": "K2+000",
            "净高(m)": "4.7",
            "实测日期": "2024-05-01",
        },
        {"名称": "铁路桥", "类型": "铁路跨线桥", "路线编号": "S326", "桩号": "K3+000", "净高(m)": ""},
        {
            "名称": "限高架",
            "类型": "限高架",
            "路线编号": "S326",
            "桩号": "K4+000",
            "净高(m)": "3.5",
            "数据来源": "标志",
        },
    ).limits
    assert [one.kind for one in limits] == [
        StructureKind.OVERPASS,
        StructureKind.RAILWAY_BRIDGE,
        StructureKind.HEIGHT_RESTRICTOR,
    ]
    assert [one.height_mm for one in limits] == [4700, None, 3500]
    assert [one.basis for one in limits] == [Basis.MEASURED, Basis.INVENTORY, Basis.POSTED]


def test_a_sign_is_a_limit_of_its_own(folder: Path) -> None:
    (sign,) = read_rows(
        folder, {"名称": "标志", "类型": "标志", "路线编号": "S1", "桩号": "K1+000", "限载(t)": "30", "限轴重(t)": "10"}
    ).limits
    assert (sign.kind, sign.mass_kg, sign.axle_kg) == (None, 30_000, 10_000)


def test_unused_columns_and_missing_columns_are_said(folder: Path) -> None:
    report = read_rows(folder, PLAIN | {"神秘列": "x", "抗震等级": "7"}).report
    assert report.unused_columns == ("神秘列",)
    assert "设计荷载" in report.notes[0]
    assert json.loads(report.to_json())["rows_in"] == 1


def test_coverage_stands_beside_the_file(folder: Path) -> None:
    (folder / "b.coverage.csv").write_text(
        "路线编号,起点桩号,止点桩号,内容\nS326,K12+000,K40+100,桥梁、涵洞\nS326,某处,,桥梁\n", encoding="utf-8"
    )
    found = read_rows(folder, PLAIN)
    (declared,) = found.coverage
    assert (declared.route_ref, declared.from_m, declared.to_m) == ("S326", 12_000, 40_100)
    assert declared.what == Coverage.BRIDGES | Coverage.CULVERTS
    assert {note.column for note in found.report.faults} == {"起点桩号", "止点桩号"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("b.csv", b"", "has no header"),
        ("b.csv", b"a,b\n1,2\n", "has no header with a known column"),
        ("b.csv", "桥梁名称,跨径组合,跨径组合\n".encode(), "stands there twice"),
        ("b.csv", b"\xff\xfe\x00\x81", "neither UTF-8 nor GB 18030"),
        ("b.xlsx", b"nonsense", "is not XLSX"),
        ("b.xls", b"", "expected .csv"),
        ("b.geojson", b"{", "is not JSON"),
        ("b.geojson", b"[]", "is not a GeoJSON FeatureCollection"),
    ],
)
def test_files_that_are_no_tables(folder: Path, name: str, content: bytes, message: str) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(BadInputError, match=message):
        read_bridges(folder / name)
    with pytest.raises(BadInputError, match="cannot be read"):
        read_bridges(folder / "absent.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*PLAIN, "设计荷载", "限载(t)", "经度", "纬度", "斜交角"]), st.text(max_size=12))
)
def test_no_text_makes_reading_fail_or_lose_a_row(folder: Path, cells: dict[str, str]) -> None:
    found = read_rows(folder, PLAIN | cells)
    kept = {int(record.source.rpartition(":")[2]) for record in found.records}
    rejected = {note.row for note in found.report.rejected}
    assert len(kept | rejected) == found.report.rows_in
    assert len(found.gaps) == len(rejected - kept)


@pytest.mark.parametrize("name", packaged_mappings())
def test_packaged_mappings_are_sound_and_documented(name: str) -> None:
    from data.bridges.fields import FIELDS

    mapping = load_mapping(name, FIELDS)
    assert mapping.name == name
    assert len(mapping.about) > 100
    page = Path(__file__).resolve().parents[3] / "docs" / "inventories.md"
    assert f"`{name}`" in page.read_text(encoding="utf-8")


def test_a_national_export_is_recognised_by_its_codes(folder: Path) -> None:
    row = {"K6040": "B1", "K6001": "S326430100L0010", "K6002": "示例桥", "K6003": "16.500", "K0101": "S326"}
    more = {"K6064": "3*30", "K6022": "公路－Ⅱ级", "K6028": "2类", "K6009": "9.0", "K0304": "二级", "限载(t)": "30"}
    found = read_rows(folder, row | more)
    (record,) = found.records
    assert found.report.mapping == "k060"
    assert (record.key, record.stake_m, record.condition, record.limit_mass_kg) == ("B1", 16_500, 2, 30_000)
    assert (record.design_load, record.units) == ("公路-II级", ((30_000,) * 3,))
    assert found.report.unused_columns == ()


def test_the_national_register_is_recognised(folder: Path) -> None:
    row = {"桥梁身份码": "B1", "桥幅编号": "D1", "桥幅名称": "示例桥左幅", "路线编号": "G4", "中心桩号": "K1+044"}
    found = read_rows(folder, row | {"最大跨径": "20", "跨径总长（米）": "20", "设计荷载等级": "汽车－超20级"})
    assert found.report.mapping == "national_register"
    assert (found.records[0].name, found.records[0].units) == ("示例桥左幅", ((20_000,),))


def test_an_own_mapping(folder: Path) -> None:
    mapping = folder / "own.yaml"
    mapping.write_text("name: own\nabout: x\nfields: {name: bridge, route_ref: road, stake: km}\n", encoding="utf-8")
    found = read_rows(folder, {"bridge": "A", "road": "S1", "km": "1.5"}, mapping=mapping)
    assert found.records[0].stake_m == 1500
    mapping.write_text("name: own\nabout: x\nfields: {nonsense: bridge}\npatterns: {spans: '('}\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"nonsense: is not a known field[\s\S]*not a regular expression"):
        load_mapping(mapping, ["spans"])


@pytest.mark.skipif(not EXAMPLE.exists(), reason=f"{EXAMPLE} is not here")
def test_the_example_of_the_reference() -> None:
    first, second = read_bridges(EXAMPLE, datum="CGCS2000").records
    assert (first.units, first.trailer, first.system) == (((25_000,) * 4,), "挂车-120", "continuous")
    assert (second.stake_m, second.limit_mass_kg, second.limit_axle_kg) == (109_747, 40_000, 13_000)
    assert (second.condition, second.system, second.design_load) == (3, "simple", "汽车-超20级")


@pytest.mark.skipif(not ONTARIO.exists(), reason=f"{ONTARIO} is not here: 2,781 real span lists are not read")
def test_every_bridge_of_ontario() -> None:
    found = read_bridges(ONTARIO)
    assert (found.report.mapping, found.report.rows_in, len(found.records)) == ("ontario_2013", 2781, 2781)
    assert sum(len(unit) for record in found.records for unit in record.units or ()) == 7117
    assert found.report.rejected == ()
    assert found.report.faults == ()
    assert all(record.lon_deg is not None for record in found.records)
    assert {record.system for record in found.records} == {"unknown"}


@pytest.mark.skipif(not ANHUI.exists(), reason=f"{ANHUI} is not here: 4,958 real bridges are not read")
def test_every_motorway_bridge_of_anhui() -> None:
    found = read_bridges(ANHUI)
    assert (found.report.mapping, found.report.rows_in, len(found.records)) == ("osm_bridges", 5054, 4958)
    assert len(found.report.rejected) == 96
    assert found.gaps == ()
    assert sum(record.length_mm or 0 for record in found.records) == pytest.approx(1_572e6, rel=0.005)
    assert sum(record.is_line_beam_valid is False for record in found.records) >= 10
