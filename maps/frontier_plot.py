"""The clearance frontier as a picture (通行能力图): PNG or SVG, the same bytes every time."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import pylopdf_fonts_zh_cn
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

LABELS = {"height": "高 height", "width": "宽 width", "gross_mass": "总质量 gross mass"}
UNITS = {"mm": (1000.0, "m"), "kg": (1000.0, "t")}
TITLE = "可通行的最大尺寸与质量 largest sizes and masses with a route"
VERDICTS = {"conditional": "有条件通行 conditional", "passes": "可通行 passes"}
STYLES = {"conditional": ("#b45309", "--"), "passes": ("#047857", "-")}
WIDTH_IN, HEIGHT_IN, DPI = 11.0, 4.8, 120
SALT = "dajian"


def font() -> FontProperties:
    """A font with Chinese glyphs, from a package, so that a picture looks the same everywhere."""
    return FontProperties(fname=str(pylopdf_fonts_zh_cn.sans_path()))


def plot_frontier(frontier: Mapping[str, Any], *, kind: str) -> bytes:
    """Draw the curves of a frontier.

    Args:
        frontier: As `dajian frontier` prints it.
        kind: "png" or "svg".

    Returns:
        The file's bytes.
    """
    face = font()
    with mpl.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path", "axes.unicode_minus": False}):
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(TITLE, fontproperties=face)
        names = sorted({curve["name"] for curve in frontier["curves"]})
        for place, name in enumerate(names, start=1):
            axes = figure.add_subplot(1, len(names), place)
            curves = [curve for curve in frontier["curves"] if curve["name"] == name]
            _draw(axes, curves, face)
        figure.text(
            0.01, 0.005, str(frontier.get("attribution") or ""), fontproperties=face, fontsize=6, color="#666666"
        )
        out = io.BytesIO()
        metadata: dict[str, str | None] = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, metadata=metadata)
    return out.getvalue()


def _draw(axes: Any, curves: Sequence[Mapping[str, Any]], face: FontProperties) -> None:  # noqa: ANN401 - untyped axes
    first = curves[0]
    for curve in curves:
        colour, style = STYLES[curve["verdict"]]
        x_scale, _ = UNITS[curve["x"]["unit"]]
        y_scale, _ = UNITS[curve["y"]["unit"]]
        xs = [curve["x"]["from"] / x_scale, *(point["x"] / x_scale for point in curve["points"])]
        ys = [point["y"] / y_scale for point in curve["points"]]
        if ys:
            label = VERDICTS[curve["verdict"]]
            axes.stairs(ys, xs, color=colour, linestyle=style, linewidth=2, label=label, baseline=None)
            axes.plot(xs[1:], ys, "o", color=colour, markersize=3)
    for axis, name in ((axes.xaxis, "x"), (axes.yaxis, "y")):
        unit = UNITS[first[name]["unit"]][1]
        axis.set_label_text(f"{LABELS[first[name]['quantity']]} ({unit})", fontproperties=face)
    own = first.get("vehicle")
    if own is not None:
        x, y = own["x"] / UNITS[first["x"]["unit"]][0], own["y"] / UNITS[first["y"]["unit"]][0]
        axes.plot([x], [y], "x", color="#1d4ed8", markersize=8, label="本车 this vehicle")
    axes.grid(visible=True, color="#dddddd")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(prop=face, fontsize=8)
