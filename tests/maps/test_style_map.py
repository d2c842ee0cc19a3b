"""The style of the map and the palette it shares with the pages."""

import json
import re
from itertools import product
from typing import Any

import pytest

from maps.style_map import TIANDITU_HOSTS, TOGGLES, MapSettings, map_style
from maps.style_tokens import SCHEMES, TOKENS, Scheme, css_properties
from maps.tiles_roads import DRAWN

LAYERS = {"counties", "names", "roads", "closures", "bridges", "stations", "limits", "stakes"}
OWN = MapSettings(tiles="/t/{z}/{x}/{y}", glyphs="/g/{fontstack}/{range}", attribution="演示")


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


PAIRS = [
    *product(("text", "muted", "accent"), ("page", "surface", "raised")),
    *(
        (name, ground)
        for name in ("passes", "conditional", "unknown", "blocked")
        for ground in (f"{name}-soft", "surface")
    ),
    ("on-accent", "accent"),
    *product(
        ("label", "muted", "bridge", "station", "posted", "measured", "inventory", "assumed", "open"), ("halo", "land")
    ),
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_can_be_read_on_their_ground(scheme: Scheme, words: str, ground: str) -> None:
    assert contrast(TOKENS[scheme][words], TOKENS[scheme][ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_outlines_of_fields_and_the_focus_can_be_seen(scheme: Scheme) -> None:
    for name in ("edge", "focus"):
        assert contrast(TOKENS[scheme][name], TOKENS[scheme]["surface"]) >= 3


def test_both_schemes_name_the_same_colours() -> None:
    assert set(TOKENS["light"]) == set(TOKENS["dark"])
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for one in TOKENS.values() for colour in one.values())
    assert css_properties("dark").count("--c-") == len(TOKENS["dark"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_style_draws_every_layer_of_the_tiles_and_no_other(scheme: Scheme) -> None:
    style = map_style(OWN, scheme)
    assert {layer["source-layer"] for layer in style["layers"] if "source-layer" in layer} == LAYERS
    ids = [layer["id"] for layer in style["layers"]]
    assert len(set(ids)) == len(ids)
    assert {one for layers in TOGGLES.values() for one in layers} <= set(ids)


def test_the_style_is_plain_json_without_another_host() -> None:
    for scheme in SCHEMES:
        text = json.dumps(map_style(OWN, scheme))
        assert "://" not in text


def test_every_road_class_has_a_width() -> None:
    text = json.dumps(map_style(OWN, "light"))
    assert all(f'"{name}"' in text for name in DRAWN)


def test_a_key_adds_the_base_map_in_web_mercator() -> None:
    settings = MapSettings(tiles="", glyphs="", attribution="", tianditu_key="SECRET")
    sources: dict[str, Any] = map_style(settings, "light")["sources"]
    tiles = sources["tianditu-vec"]["tiles"]
    assert [url.partition("/vec_w/")[0] for url in tiles] == list(TIANDITU_HOSTS)
    assert all("TILEMATRIXSET=w" in url and url.endswith("tk=SECRET") and "{z}" in url for url in tiles)


def test_limits_say_what_they_rest_on_in_words() -> None:
    for language, word in (("zh", "台账"), ("en", "inventory")):
        settings = MapSettings(tiles="", glyphs="", attribution="", language=language)  # type: ignore[arg-type]
        layer = next(one for one in map_style(settings, "light")["layers"] if one["id"] == "limits-text")
        assert word in json.dumps(layer["layout"]["text-field"], ensure_ascii=False)
