"""Values of limit tags as people write them, and what they read as."""

# ruff: noqa: RUF001 (the values stand as people write them)

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.osm.readings import LimitState, Note, Quantity
from data.osm.units import parse_length_mm, parse_mass_kg

NUMBER, NONE_STATED, UNREADABLE, BELOW = (
    LimitState.NUMBER,
    LimitState.NONE_STATED,
    LimitState.UNREADABLE,
    LimitState.BELOW_DEFAULT,
)

HEIGHTS = [
    ("3.8", 3800),
    ("3,8", 3800),
    ("3.8m", 3800),
    ("3.8 M", 3800),
    ("3.80", 3800),
    ("3.800", 3800),
    ("3,800", 3800),
    ("4.2", 4200),
    ("3.", 3000),
    ("3.8.", 3800),
    (".9", 900),
    ("3", 3000),
    ("10", 10_000),
    ("11 m", 11_000),
    ("12'6", 3810),
    ("12' 6\"", 3810),
    ("12'-6\"", 3810),
    ("12'6''", 3810),
    ("12 ft 6 in", 3810),
    ("12ft6in", 3810),
    ("12 ft. 6 in.", 3810),
    ("12 feet, 6 inches", 3810),
    ("12 feet", 3657),
    ("14'", 4267),
    ("15'0\"", 4572),
    ("12’6”", 3810),
    ("12′6″", 3810),
    ("１２′６″", 3810),
    ("12'6.5\"", 3822),
    ("12' 6 1/2\"", 3822),
    ("12'6½\"", 3822),
    ('150"', 3810),
    ("3.8 metres", 3800),
    ("3.8 meter", 3800),
    ("3m80", 3800),
    ("3 m 80", 3800),
    ("4m5", 4050),
    ("4 m 50 cm", 4500),
    ("380 cm", 3800),
    ("3800mm", 3800),
    ("3 800 mm", 3800),
    ("3.800 mm", 3800),
    (" 3.8 ", 3800),
    ("４.５", 4500),
    ("４．５ｍ", 4500),
    ("限高4.5米", 4500),
    ("限高：4.5m", 4500),
    ("净高4.5米", 4500),
    ("4米5", 4500),
    ("4米50", 4500),
    ("四米五", 4500),
    ("四点五米", 4500),
    ("4·5", 4500),
    ("٣٫٨", 3800),
    ("4½", 4500),
    ("1.80/2.50", 1800),
    ("3.8 m;4.2 m", 3800),
    ("4.5|4.2", 4200),
    ("4.2, 4.5", 4200),
    ("4.2-4.5", 4200),
    ("4.2–4.5 m", 4200),
    ("4.2~4.5", 4200),
    ("4.2至4.5米", 4200),
    ("12-14 ft", 3657),
    ("3.8 m / 12'6\"", 3800),
    ("none;4.2", 4200),
    ("3.8 (sign)", 3800),
    ("4.0 m (13'0\")", 3962),
    ("3.8m (left lane)", 3800),
    ("< 4", 4000),
    ("max. 3.8 m", 3800),
]


@pytest.mark.parametrize(("raw", "value"), HEIGHTS)
def test_height_is_a_number(raw: str, value: int) -> None:
    reading = parse_length_mm(raw, quantity=Quantity.HEIGHT)
    assert (reading.state, reading.value) == (NUMBER, value)
    assert reading.is_understood
    assert not reading.is_approximate


@pytest.mark.parametrize(
    ("raw", "value"),
    [("~3.8", 3800), ("ca. 2", 2000), ("约4.5米", 4500), (">4", 4000), ("4.5+", 4500), ("4.5 (3.8 at the kerb)", 4500)],
)
def test_number_that_no_sign_states_is_approximate(raw: str, value: int) -> None:
    reading = parse_length_mm(raw, quantity=Quantity.HEIGHT)
    assert (reading.value, reading.is_approximate) == (value, True)
    assert Note.APPROXIMATE in reading.note


@pytest.mark.parametrize(
    ("raw", "state", "note"),
    [
        ("none", NONE_STATED, ""),
        ("None ", NONE_STATED, ""),
        ("none;none", NONE_STATED, ""),
        ("unlimited", NONE_STATED, ""),
        ("default", UNREADABLE, Note.UNSIGNED),
        ("no_sign", UNREADABLE, Note.UNSIGNED),
        ("no_indications", UNREADABLE, Note.UNSIGNED),
        ("unsigned", UNREADABLE, Note.UNSIGNED),
        ("below_default", BELOW, Note.BELOW_DEFAULT),
        ("signals", UNREADABLE, Note.VARIABLE),
        ("variable", UNREADABLE, Note.VARIABLE),
        ("unknown", UNREADABLE, Note.UNKNOWN),
    ],
)
def test_words_have_a_meaning_of_their_own(raw: str, state: LimitState, note: str) -> None:
    reading = parse_length_mm(raw, quantity=Quantity.HEIGHT)
    assert (reading.state, reading.value, reading.note, reading.is_understood) == (state, None, note, True)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "narrow",
        "yes",
        "no",
        "-",
        "tall",
        "3..8",
        "1.80.2",
        "12-6",
        "5 - 4",
        "8-10",
        "12'14\"",
        "1/2",
        "3²",
        "0x10",
        "1e3",
        "nan",
        "inf",
        "3.8 yards",
        "3.8 t",
        "m",
        "4;;x",
        "3.8 m 2",
        "①",
        "9" * 300,
        "(4.2)",
        "十百",
    ],
)
def test_text_not_understood_is_unreadable_and_counted(raw: str) -> None:
    reading = parse_length_mm(raw, quantity=Quantity.HEIGHT)
    if reading.value is None:
        assert (reading.state, reading.note) == (UNREADABLE, Note.NOT_UNDERSTOOD)
    assert not reading.is_understood


@pytest.mark.parametrize("raw", ["380", "0", "0.0", "50", "60", "13.6", "-3.8", "-3", "40 m", "0.0001", "11"])
def test_implausible_height_is_unreadable_and_counted(raw: str) -> None:
    reading = parse_length_mm(raw, quantity=Quantity.HEIGHT)
    assert (reading.state, reading.note, reading.is_understood) == (UNREADABLE, Note.IMPLAUSIBLE, False)


@pytest.mark.parametrize(
    ("raw", "quantity", "value"),
    [
        ("2.2", Quantity.WIDTH, 2200),
        ("2.4 m", Quantity.WIDTH, 2400),
        ("7'6\"", Quantity.WIDTH, 2286),
        ("narrow", Quantity.WIDTH, None),
        ("200", Quantity.WIDTH, None),
        ("40'", Quantity.LENGTH, 12_192),
        ("8 m", Quantity.LENGTH, 8000),
        ("150", Quantity.LENGTH, 150_000),
        ("1800", Quantity.LENGTH, None),
        ("17.05", Quantity.CARRIAGEWAY, 17_050),
    ],
)
def test_widths_and_lengths(raw: str, quantity: Quantity, value: int | None) -> None:
    assert parse_length_mm(raw, quantity=quantity).value == value


MASSES = [
    ("7,5", 7500, ""),
    ("3.5 t", 3500, ""),
    ("3.5t", 3500, ""),
    ("0.25", 250, ""),
    ("120", 120_000, ""),
    ("10 st", 9071, ""),
    ("5 short tons", 4535, ""),
    ("10 tons", 9071, Note.AMBIGUOUS),
    ("10 ton", 9071, Note.AMBIGUOUS),
    ("10T", 9071, Note.AMBIGUOUS),
    ("限重20T", 18_143, Note.AMBIGUOUS),
    ("20 lt", 20_320, ""),
    ("40000 lbs", 18_143, ""),
    ("40,000 lbs", 18_143, ""),
    ("80000#", 36_287, ""),
    ("7500 kg", 7500, ""),
    ("7.500 kg", 7500, ""),
    ("40 000 kg", 40_000, ""),
    ("40'000 kg", 40_000, ""),
    ("1,234.5 kg", 1234, ""),
    ("7.500", 7500, ""),
    ("3t5", 3500, ""),
    ("2 t 500 kg", 2500, ""),
    ("7 1/2 t", 7500, ""),
    ("98.0665 kN", 10_000, ""),
    ("55吨", 55_000, ""),
    ("限重20吨", 20_000, ""),
    ("二十吨", 20_000, ""),
    ("一百二十吨", 120_000, ""),
    ("55公吨", 55_000, ""),
    ("6t mgw", 6000, Note.RATING),
    ("7.5 t (GVW)", 7500, Note.RATING),
    ("20吨(总质量)", 20_000, Note.RATING),
    ("16 st;26 st", 14_514, Note.LIST),
    ("16;26 st", 14_514, Note.LIST),
    ("16/26/36", 16_000, Note.LIST),
    ("16-26", 16_000, Note.LIST),
    ("3.5 t;", 3500, ""),
]


@pytest.mark.parametrize(("raw", "value", "note"), MASSES)
def test_mass_is_a_number(raw: str, value: int, note: str) -> None:
    reading = parse_mass_kg(raw)
    assert (reading.state, reading.value, reading.note, reading.is_understood) == (NUMBER, value, note, True)


@pytest.mark.parametrize("raw", ["44000", "1000000", "7500", "0", "-5", "40 000", "2000 t"])
def test_implausible_mass_is_unreadable_and_counted(raw: str) -> None:
    reading = parse_mass_kg(raw)
    assert (reading.state, reading.note, reading.is_understood) == (UNREADABLE, Note.IMPLAUSIBLE, False)


@pytest.mark.parametrize("raw", ["default", "unsigned", "3 axles: 20 t", "heavy", "10 m", "5 t per axle"])
def test_mass_in_words_has_no_number(raw: str) -> None:
    assert parse_mass_kg(raw).state is UNREADABLE


@pytest.mark.parametrize(("raw", "value"), [("0.8", 800), ("10 t", 10_000), ("8000", None), ("11,5", 11_500)])
def test_axle_load_in_tonnes(raw: str, value: int | None) -> None:
    assert parse_mass_kg(raw, quantity=Quantity.AXLE_LOAD).value == value


@pytest.mark.parametrize(("raw", "value"), [("3.8/default", 3800), ("12;x", 12_000), ("10 t/axle", 10_000)])
def test_list_with_a_part_not_understood_keeps_its_number_and_is_counted(raw: str, value: int) -> None:
    parse = parse_length_mm if value < 5000 else parse_mass_kg
    reading = parse(raw, quantity=Quantity.HEIGHT if value < 5000 else Quantity.GROSS_MASS)
    assert (reading.value, reading.is_understood) == (value, False)
    assert Note.PARTLY in reading.note


@given(st.text())
@example("½")
@example("1 1/2/2")
@example("(((")
@example("²'")
def test_no_text_raises_nor_gives_a_number_out_of_range(text: str) -> None:
    for quantity in (Quantity.HEIGHT, Quantity.WIDTH, Quantity.LENGTH):
        reading = parse_length_mm(text, quantity=quantity)
        assert (reading.value is not None) == (reading.state is NUMBER)
        assert reading.value is None or 0 < reading.value <= 300_000
    mass = parse_mass_kg(text)
    assert mass.value is None or 0 < mass.value <= 1_000_000


@given(st.text(alphabet="0123456789.,;/-~'\" mtftinkglbs()米吨限高四五点十½", max_size=16))
def test_no_near_number_raises(text: str) -> None:
    assert parse_length_mm(text, quantity=Quantity.HEIGHT).state in LimitState
    assert parse_mass_kg(text).state in LimitState


@given(
    mm=st.integers(min_value=1, max_value=10_000),
    decimals=st.integers(min_value=3, max_value=9),
    mark=st.sampled_from(".,．·"),
    unit=st.sampled_from(["", "m", " m", " M", " metres", "米"]),
    pad=st.sampled_from(["", " ", "\t"]),
)
def test_metres_come_back_exactly(mm: int, decimals: int, mark: str, unit: str, pad: str) -> None:
    written = f"{mm // 1000}{mark}{mm % 1000:03d}{'0' * (decimals - 3)}"
    assert parse_length_mm(f"{pad}{written}{unit}{pad}", quantity=Quantity.HEIGHT).value == mm


@given(digits=st.from_regex(r"[0-9]\.[0-9]{1,40}", fullmatch=True))
def test_a_number_is_never_larger_than_the_one_written(digits: str) -> None:
    value = parse_length_mm(digits, quantity=Quantity.HEIGHT).value
    exact = Fraction(digits) * 1000
    assert value == exact // 1 if exact >= 1 else value is None


@given(feet=st.integers(min_value=4, max_value=30), inches=st.integers(min_value=0, max_value=11))
def test_feet_and_inches_are_rounded_down(feet: int, inches: int) -> None:
    value = parse_length_mm(f"{feet}'{inches}\"", quantity=Quantity.HEIGHT).value
    assert value == Fraction(254, 10) * (12 * feet + inches) // 1
