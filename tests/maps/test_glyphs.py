"""Letters for the map, read back with a message description of its own, and looked at as pictures."""

from typing import Any

import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from maps.glyphs import DRAWN_RANGES, FONT_STACK, glyph_range

BORDER = 3


def _messages() -> Any:  # noqa: ANN401 - a class made at run time
    """The published description of the format: glyphs > fontstack > glyph."""
    optional, repeated, required = 1, 3, 2
    text, raw, uint32, sint32, message = 9, 12, 13, 17, 11
    file = descriptor_pb2.FileDescriptorProto(name="glyphs.proto", package="llmr", syntax="proto2")
    fields = {
        "glyph": [
            ("id", 1, uint32, required),
            ("bitmap", 2, raw, optional),
            ("width", 3, uint32, required),
            ("height", 4, uint32, required),
            ("left", 5, sint32, required),
            ("top", 6, sint32, required),
            ("advance", 7, uint32, required),
        ],
        "fontstack": [("name", 1, text, required), ("range", 2, text, required), ("glyphs", 3, message, repeated)],
        "glyphs": [("stacks", 1, message, repeated)],
    }
    holds = {("fontstack", "glyphs"): ".llmr.glyph", ("glyphs", "stacks"): ".llmr.fontstack"}
    for name, declared in fields.items():
        made = file.message_type.add(name=name)
        for field, number, kind, label in declared:
            made.field.add(name=field, number=number, type=kind, label=label, type_name=holds.get((name, field)))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("llmr.glyphs"))


def read(start: int) -> dict[str, Any]:
    stack = _messages().FromString(glyph_range(start)).stacks[0]
    assert stack.name == FONT_STACK
    assert stack.range == f"{start}-{start + 255}"
    return {chr(one.id): one for one in stack.glyphs}


@pytest.fixture(scope="module")
def latin() -> dict[str, Any]:
    return read(0)


def picture(glyph: Any) -> Any:  # noqa: ANN401 - likewise
    size = (glyph.height + 2 * BORDER, glyph.width + 2 * BORDER)
    return np.frombuffer(glyph.bitmap, np.uint8).reshape(size)


def test_printable_latin_letters_are_there(latin: dict[str, Any]) -> None:
    assert {chr(code) for code in range(32, 127)} <= set(latin)
    for letter, glyph in latin.items():
        if glyph.width:
            assert picture(glyph).shape == (glyph.height + 6, glyph.width + 6), letter


def test_letters_have_their_shapes(latin: dict[str, Any]) -> None:
    inside = picture(latin["O"]) >= 192
    middle = tuple(edge // 2 for edge in inside.shape)
    assert not inside[middle], "an O is open in the middle"
    assert inside[middle[0]].sum() >= 4, "and has two sides"
    assert latin["l"].width < latin["m"].width
    assert latin["m"].advance > latin["i"].advance
    assert latin[" "].width == 0 < latin[" "].advance


def test_letters_stand_on_one_line(latin: dict[str, Any]) -> None:
    """Top is counted down from 27 pixels above the baseline; p hangs below it."""
    feet = {letter: 27 + latin[letter].top - latin[letter].height for letter in "Hxp"}
    assert abs(feet["H"]) <= 1
    assert abs(feet["x"]) <= 1
    assert feet["p"] <= -4


def test_distance_fields_fall_off_from_the_edge(latin: dict[str, Any]) -> None:
    """Along a line out of the stem of an I the field falls by 255/8 a pixel."""
    row = picture(latin["I"]).astype(int)
    middle = row[row.shape[0] // 2]
    steps = np.diff(middle[middle.argmax() :])
    assert (steps[:3] < -20).all()
    assert (steps[:3] > -45).all()


@pytest.mark.parametrize("start", [8192, 12288, 65280])
def test_punctuation_between_chinese_is_there(start: int) -> None:
    wanted = {8192: "–—’“”…", 12288: "、。《》", 65280: "！（），：；？～"}[start]
    assert set(wanted) <= set(read(start))


def test_other_scripts_are_left_to_the_browser() -> None:
    assert 19968 not in DRAWN_RANGES
    assert read(19968) == {}


@pytest.mark.parametrize("start", [-256, 1, 65536])
def test_there_is_no_range_elsewhere(start: int) -> None:
    with pytest.raises(ValueError, match="no range"):
        glyph_range(start)
