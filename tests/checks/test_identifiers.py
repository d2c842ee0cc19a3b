import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.checks.identifiers import (
    is_licence_number,
    is_mobile,
    is_resident_id,
    is_tractor_plate,
    is_trailer_plate,
    is_uscc,
    is_vin,
)

ENDINGS = ("挂", "超")


@pytest.mark.parametrize("code", ["91110000600037341L", "114300000061225005"])
def test_social_credit_codes(code: str) -> None:
    assert is_uscc(code)
    assert not is_uscc(code[:-1])
    assert not is_uscc(code.replace("0", "1", 1))
    assert not is_uscc(f"{code[:4]} {code[4:]}")
    assert not is_uscc(code.lower()) or code.isdigit()


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_found(place: int, digit: str) -> None:
    code = "114300000061225005"
    wrong = code[:place] + digit + code[place + 1 :]
    assert is_uscc(wrong) is (wrong == code)


def test_resident_numbers() -> None:
    assert is_resident_id("11010519491231002X") is True
    assert is_resident_id("11010519491231002x") is True
    assert is_resident_id("110105194912310021") is False
    assert is_resident_id("110105194902310021") is False
    assert is_resident_id("") is False
    # a division the library does not list, with a right check digit: doubtful, not wrong
    assert is_resident_id("999999199001010017"[:17] + _check_digit("99999919900101001")) is None


def _check_digit(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(n) * w for n, w in zip(number, weights, strict=True)) % 11]


@pytest.mark.parametrize("plate", ["沪B63746", "湘A12345", "湘AD12345", "湘A12345D", "湘ADA2345", "沪A6478超"])
def test_tractor_plates(plate: str) -> None:
    assert is_tractor_plate(plate)


@pytest.mark.parametrize(
    "plate",
    [
        "",
        "湘A1234",
        "湘A123456",
        "湘I12345",
        "湘AO2345",
        "A12345",
        "湘A1234挂",
        "湘a12345",
        "湘A12345\n",
        "湘A１２３４５",  # noqa: RUF001 - full-width on purpose
    ],
)
def test_no_tractor_plates(plate: str) -> None:
    assert not is_tractor_plate(plate)


def test_trailer_plates() -> None:
    assert is_trailer_plate("湘A1234挂", ENDINGS)
    assert is_trailer_plate("沪A6478超", ENDINGS)
    for wrong in ("湘A12345", "湘A1234学", "湘A123挂", "湘A1234挂挂", ""):
        assert not is_trailer_plate(wrong, ENDINGS)
    assert not is_trailer_plate("沪A6478超", ("挂",))


@pytest.mark.parametrize("vin", ["LSJA24U62JG269225", "LDC613P23A1305189"])
def test_vehicle_identification_numbers_never_fail_only_doubt(vin: str) -> None:
    assert is_vin(vin) is True
    assert is_vin(vin[:-1] + ("0" if vin[-1] != "0" else "1")) is None
    assert is_vin("HOME-BUILT") is None


def test_licence_and_mobile_numbers() -> None:
    assert is_licence_number("430100000001") is True
    assert is_licence_number("湘交运管许可长字430100000001号") is True
    assert is_licence_number("自由文本") is None
    assert is_licence_number("4301000000011") is None
    assert is_mobile("13800000000")
    assert not is_mobile("12800000000")
    assert not is_mobile("138000000001")
