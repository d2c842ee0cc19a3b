"""``dajian bridge``: what it prints and how it ends."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from api.cli import run_guarded
from api.commands.bridge import bridge_command
from tests.routing.bridges.trains import TRAINS, oracle_rows

G = 9.80665
Json = dict[str, Any]
Ask = Callable[..., Json]


def vehicle_json(loads_kn: list[float], spacings_m: list[float], files: int = 1) -> Json:
    axles = [
        {
            "load_kg": round(load * 1000 / G),
            "spacing_mm": round(spacing * 1000),
            "tyres": 4,
            "unit": "tractor" if n == 0 else "trailer",
            "drive": n == 0,
            "files": files if n else 1,
        }
        for n, (load, spacing) in enumerate(zip(loads_kn, [0.0, *spacings_m], strict=True))
    ]
    return {
        "kind": "train",
        "trailer": "modular",
        "height_mm": 4000,
        "width_mm": 3000,
        "length_mm": max(round(sum(spacings_m) * 1000) + 3000, 3000),
        "gross_mass_kg": sum(axle["load_kg"] for axle in axles),
        "axles": axles,
        "indivisible": True,
    }


def layout(name: str) -> tuple[list[float], list[float]]:
    train = TRAINS[name]
    offsets = train.offsets_m.tolist()
    return train.loads_kn.tolist(), [round(b - a, 3) for a, b in pairwise(offsets)]


@pytest.fixture
def ask(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    """Run the command; JSON of stdout, with `status` and `message` of stderr added."""

    def run(*options: str, vehicle: str | Json = "JTG550") -> Json:
        path = tmp_path / "vehicle.json"
        content = vehicle_json(*layout(vehicle)) if isinstance(vehicle, str) else vehicle
        path.write_text(json.dumps(content), encoding="utf-8")
        status = run_guarded(lambda: bridge_command.main([*options, str(path)], standalone_mode=False))
        out, err = capfdbinary.readouterr()
        answer: Json = json.loads(out.decode("utf-8")) if out else {}
        return {**answer, "status": status, "message": err.decode("utf-8")}

    return run


def test_the_answer_has_the_fields_of_the_format(ask: Ask) -> None:
    answer = ask("--spans", "3×30+45", "--design-load", "公路-I级")
    assert answer["status"] == 0
    assert answer["parsed"] == {
        "units": [[30, 30, 30, 45]],
        "design_load": "公路-I级",
        "trailer": None,
        "standard": "2015",
    }
    assert {"M+", "M-", "V", "R"} <= set(answer["effects"])
    assert set(answer["effects"]["M+"]) == {"vehicle", "design"}
    assert answer["governs"] in {"M+", "M-", "V", "R"}
    assert 0 <= answer["at_m"] <= 135
    assert answer["state"] in {"passes", "conditional", "unknown", "blocked"}
    assert isinstance(answer["conditions"], list)
    assert any("辅助审查" in text for text in answer["assumptions"])
    assert any("not a stamped calculation" in text for text in answer["assumptions_en"])


@pytest.mark.parametrize("name", ["JTG550", "SIXAXLE49", "HMT15", "G120"])
def test_reference_values_of_vehicles_come_out(ask: Ask, name: str) -> None:
    rows = [row for row in oracle_rows("simple_span_effects.csv") if row["vehicle"] == name]
    for row in rows[::2]:
        answer = ask("--spans", row["span_m"], "--design-load", "公路-I级", vehicle=name)
        effects = answer["effects"]
        # Whole kilograms: 30 kN is 3059 kg, so a last digit is lost.
        assert effects["M+"]["vehicle"] == pytest.approx(float(row["Mabs_exact_kNm"]), rel=2e-4)
        assert effects["V"]["vehicle"] == pytest.approx(float(row["Vend_exact_kN"]), rel=2e-4)
        assert effects["R"] == effects["V"]
        assert effects["M-"] == {"vehicle": 0, "design": 0}


def test_the_vehicle_is_in_kilonewtons(ask: Ask) -> None:
    vehicle = vehicle_json([98.0665, 98.0665], [1.2])
    answer = ask("--spans", "10", "--design-load", "公路-I级", vehicle=vehicle)
    assert answer["effects"]["V"]["vehicle"] == pytest.approx(98.0665 * (1 + 8.8 / 10), abs=1e-6)


@pytest.mark.parametrize(
    ("design_load", "standard", "span", "moment", "shear"),
    [
        ("公路-I级", "2015", "20", 2025.0, 465.0),
        ("公路-I级", "2004", "20", 1725.0, 393.0),
        ("公路-Ⅱ级", "2015", "20", 1518.75, 348.75),
        ("汽车-超20级", "2015", "40", 4706.17, 559.90),
        ("汽-20", "2015", "25", 1671.17, 345.92),
        ("挂车-120", "2015", "20", 4500.0, 1008.0),
        ("履带-50", "2015", "16", 1718.75, 429.69),
    ],
)
def test_reference_values_of_design_loads_come_out(
    ask: Ask, design_load: str, standard: str, span: str, moment: float, shear: float
) -> None:
    effects = ask("--spans", span, "--design-load", design_load, "--standard", standard)["effects"]
    assert effects["M+"]["design"] == pytest.approx(moment, abs=6e-3)
    assert effects["V"]["design"] == pytest.approx(shear, abs=6e-3)


def test_three_continuous_spans_come_out(ask: Ask) -> None:
    answer = ask("--spans", "3×30", "--design-load", "公路-I级", "--system", "continuous", vehicle="HMT15")
    effects = answer["effects"]
    assert effects["M-"]["vehicle"] == pytest.approx(7172.418, rel=2e-5)
    assert effects["R"]["vehicle"] == pytest.approx(2758.129, rel=2e-5)
    assert effects["V"]["vehicle"] == pytest.approx(1961.065, rel=2e-5)
    assert effects["M+"]["vehicle"] == pytest.approx(9429.314, rel=2e-5)
    assert effects["M-"]["design"] == pytest.approx(2087.844, abs=6e-4)
    assert effects["R"]["design"] == pytest.approx(764.175, abs=6e-4)
    assert answer["state"] == "blocked"
    assert answer["ratio"] == answer["ratios"]["normal"]["ratio"]
    assert answer["ratios"]["controlled"]["ratio"] < answer["ratio"]


def test_the_pier_of_two_simple_spans_is_the_reaction(ask: Ask) -> None:
    effects = ask("--spans", "20+30", "--design-load", "公路-I级", "--system", "simple")["effects"]
    assert effects["R"]["vehicle"] == pytest.approx(467.2, rel=2e-4)
    assert effects["M-"]["vehicle"] == 0
    assert effects["R"]["vehicle"] > effects["V"]["vehicle"]


def test_the_default_system_is_the_worse_of_both(ask: Ask) -> None:
    common = ("--spans", "2×30", "--design-load", "公路-I级")
    ratios = {system: ask(*common, "--system", system)["ratio"] for system in ("simple", "continuous", "unknown")}
    assert ratios["unknown"] == max(ratios["simple"], ratios["continuous"])
    assert ask(*common)["ratio"] == ratios["unknown"]


@pytest.mark.parametrize("design_load", ["55t", "", "汽-13", "低于汽车-10级", "不详"])
@pytest.mark.parametrize("name", ["SIXAXLE49", "HMT15"])
def test_a_load_without_numbers_is_unknown(ask: Ask, design_load: str, name: str) -> None:
    answer = ask("--spans", "3×30", "--design-load", design_load, vehicle=name)
    assert answer["status"] == 0
    assert answer["state"] == "unknown"
    assert answer["ratio"] is answer["governs"] is answer["at_m"] is None
    assert answer["effects"]["M+"]["vehicle"] > 0
    assert answer["effects"]["M+"]["design"] is None


def test_no_spans_are_unknown_and_wrong_ones_bad_input(ask: Ask) -> None:
    empty = ask("--spans", "", "--design-load", "公路-I级")
    assert (empty["status"], empty["state"], empty["parsed"]["units"]) == (0, "unknown", [])
    wrong = ask("--spans", "abc", "--design-load", "公路-I级")
    assert wrong["status"] == 2
    assert "--spans" in wrong["message"]
    assert set(wrong) == {"status", "message"}


def test_the_check_load_is_shown_beside_the_train(ask: Ask) -> None:
    answer = ask("--spans", "20", "--design-load", "汽车-超20，挂车-120")
    assert answer["parsed"]["trailer"] == "挂车-120"
    assert answer["effects"]["M+"]["trailer"] == 4500.0
    assert answer["effects"]["M+"]["design"] == pytest.approx(1647.364, abs=6e-4)


def test_states_from_light_to_heavy(ask: Ask) -> None:
    def state(factor: float, *more: str) -> str:
        loads, spacings = layout("JTG550")
        vehicle = vehicle_json([load * factor for load in loads], spacings)
        return str(ask("--spans", "20", "--design-load", "公路-I级", *more, vehicle=vehicle)["state"])

    assert [state(f) for f in (1.0, 1.2, 1.5, 2.2)] == ["passes", "conditional", "unknown", "blocked"]
    assert state(1.2, "--no-escort") == "unknown"
    assert state(1.4, "--no-escort") == "blocked"
    assert [state(1.0, "--condition", c) for c in "12345"] == ["passes", "passes", "unknown", "unknown", "blocked"]
    assert state(0.9, "--condition", "3") == "conditional"


def test_a_conditional_answer_names_its_conditions(ask: Ask) -> None:
    loads, spacings = layout("JTG550")
    vehicle = vehicle_json([load * 1.2 for load in loads], spacings)
    answer = ask("--spans", "20", "--design-load", "公路-I级", vehicle=vehicle)
    assert any("护送" in text for text in answer["conditions"])
    assert any("5公里/小时" in text for text in answer["conditions"])
    assert len(answer["conditions"]) == len(answer["conditions_en"])


def test_a_double_file_trailer_never_simply_passes(ask: Ask) -> None:
    loads, spacings = layout("SIXAXLE49")
    answer = ask("--spans", "20", "--design-load", "公路-I级", vehicle=vehicle_json(loads, spacings, files=2))
    assert answer["state"] == "conditional"
    assert any("双纵列" in text for text in answer["reasons"])


@pytest.mark.parametrize(
    "options",
    [
        ["--spans", "20"],
        ["--design-load", "公路-I级"],
        ["--spans", "20", "--design-load", "公路-I级", "--standard", "1989"],
        ["--spans", "20", "--design-load", "公路-I级", "--system", "arch"],
        ["--spans", "20", "--design-load", "公路-I级", "--lanes", "0"],
        ["--spans", "20", "--design-load", "公路-I级", "--condition", "6"],
    ],
)
def test_wrong_usage(ask: Ask, options: list[str]) -> None:
    answer = ask(*options)
    assert answer["status"] == 2
    assert answer["message"]


def test_a_wrong_vehicle_is_bad_input(ask: Ask) -> None:
    vehicle = vehicle_json(*layout("JTG550"))
    vehicle["axles"][0]["load_kg"] = 1.5
    answer = ask("--spans", "20", "--design-load", "公路-I级", vehicle=vehicle)
    assert answer["status"] == 2
    assert "axles.0.load_kg" in answer["message"]


def test_the_same_question_gives_the_same_bytes(ask: Ask) -> None:
    options = ("--spans", "4×30+(45+70+45)", "--design-load", "汽车-20级")
    assert ask(*options) == ask(*options)


def test_the_longest_vehicle_on_a_long_bridge(ask: Ask) -> None:
    vehicle = vehicle_json([150.0] * 80, [1.5] * 79)
    answer = ask("--spans", "5×30", "--design-load", "汽车-10级", vehicle=vehicle)
    assert answer["status"] == 0
    assert answer["state"] == "blocked"
