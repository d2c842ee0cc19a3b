"""The palette (配色): every colour of pages and maps, light and dark, by what it is for.

Pages get them as CSS custom properties (`css_properties`), the map as colours of its style. Words on the surfaces named
beside them have a contrast of at least 4.5 : 1, which a test measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")

TOKENS: Final[Mapping[Scheme, Mapping[str, str]]] = {
    "light": {
        # surfaces and words
        "page": "#f5f6f4",
        "surface": "#ffffff",
        "raised": "#eceeea",
        "line": "#d3d7d0",
        "edge": "#7c857c",  # outline of a field: 3 : 1
        "text": "#1e2420",
        "muted": "#56605a",
        "accent": "#1b5e6f",
        "on-accent": "#ffffff",
        "accent-soft": "#e1eef1",
        "focus": "#0b57d0",
        # verdicts: words on `surface` and on their own soft ground
        "passes": "#1a7a48",
        "passes-soft": "#e4f3ea",
        "conditional": "#965200",
        "conditional-soft": "#fbeedc",
        "unknown": "#6a5592",
        "unknown-soft": "#efeaf7",
        "blocked": "#b3261e",
        "blocked-soft": "#fbe6e4",
        # the map
        "land": "#f3f2ec",
        "border": "#8d8796",
        "motorway": "#d0703c",
        "trunk": "#d99a35",
        "primary": "#c9b04c",
        "secondary": "#b4b7ab",
        "tertiary": "#c3c6bc",
        "minor": "#d2d4cc",
        "casing": "#ffffff",
        "water": "#6c8fb3",
        "label": "#333a35",
        "halo": "#ffffff",
        "bridge": "#3c6474",
        "station": "#1b5e6f",
        "covered": "#2f8f8a",
        "closure": "#b3261e",
        "posted": "#b3261e",
        "measured": "#1a7a48",
        "inventory": "#1b5e6f",
        "assumed": "#965200",
        "open": "#6a5592",
    },
    "dark": {
        "page": "#151917",
        "surface": "#1d2320",
        "raised": "#29302c",
        "line": "#3a433e",
        "edge": "#7f8b84",
        "text": "#e7ece8",
        "muted": "#a9b4ad",
        "accent": "#7cc4d6",
        "on-accent": "#0d2027",
        "accent-soft": "#203a42",
        "focus": "#9cc2ff",
        "passes": "#7bcf9f",
        "passes-soft": "#1c3527",
        "conditional": "#eab265",
        "conditional-soft": "#3b2c15",
        "unknown": "#c2aee8",
        "unknown-soft": "#302942",
        "blocked": "#f4a09a",
        "blocked-soft": "#42211f",
        "land": "#1a1f1d",
        "border": "#8b8498",
        "motorway": "#c7744a",
        "trunk": "#b98a3f",
        "primary": "#938444",
        "secondary": "#636b64",
        "tertiary": "#535b55",
        "minor": "#414843",
        "casing": "#101312",
        "water": "#5b7ea3",
        "label": "#dfe6e1",
        "halo": "#151917",
        "bridge": "#8fc0d0",
        "station": "#7cc4d6",
        "covered": "#58b8b2",
        "closure": "#f4a09a",
        "posted": "#f4a09a",
        "measured": "#7bcf9f",
        "inventory": "#7cc4d6",
        "assumed": "#eab265",
        "open": "#c2aee8",
    },
}


def css_properties(scheme: Scheme) -> str:
    """The palette as declarations of CSS custom properties, `--c-text: #…;` each."""
    return " ".join(f"--c-{name}: {colour};" for name, colour in TOKENS[scheme].items())
