"""The largest moment of a bridge over all sections, not only the judged ones (绝对最大弯矩).

For answers to people; ratios are taken section by section. Axle trains: exact. Lane loads and tracks on continuous
beams: the effect is a smooth function of the section, searched by golden section from a grid.
"""

from collections.abc import Callable

import numpy as np

from routing._kernels.axle_train import peak_moment, prefix_sums
from routing._kernels.beam_peak import beam_peak_moment
from routing.bridges.design_effects import PeakSpan, line_extremes_of
from routing.bridges.design_loads import LaneLoad, LoadModel, Tracks, TruckTrain
from routing.bridges.influence import Beam, moment_line, pack, support_moment_line
from routing.bridges.sections import PlacedLines, System, Units
from routing.bridges.trains import AxleTrain

GRID = 20  # sections of a span from which the search starts


def peak_sagging(units: Units, system: System, model: LoadModel) -> float:
    """Largest sagging moment of a bridge in kN·m.

    Args:
        units: Span lists.
        system: SIMPLE or CONTINUOUS.
        model: Vehicle or design load, static, one lane.
    """
    beams = [(span,) for unit in units for span in unit] if system is System.SIMPLE else list(units)
    return max(_of_beam(beam, model) for beam in sorted(set(beams)))


def _of_beam(spans: tuple[float, ...], model: LoadModel) -> float:
    if len(spans) == 1:
        return _of_simple_span(spans[0], model)
    beam = Beam.of(spans)
    if isinstance(model, AxleTrain):
        return _of_train(beam, model)
    if isinstance(model, TruckTrain):
        most = model.most_trucks(2.0 * float(np.max(beam.spans_m)))
        counts = range(most + 1)
        return max(_of_train(beam, model.assemble(ahead, behind)) for ahead in counts for behind in counts)
    return max(_search(beam, span, model) for span in range(len(spans)))


def _of_simple_span(span_m: float, model: LoadModel) -> float:
    if isinstance(model, TruckTrain):
        most = model.most_trucks(span_m)
        return _of_simple_span(span_m, model.assemble(most, most))
    if isinstance(model, AxleTrain):
        load, moment = prefix_sums(model.loads_kn, model.offsets_m)
        return float(peak_moment(load, moment, model.offsets_m, span_m)[0])
    quarter = span_m / 4.0
    if isinstance(model, LaneLoad):
        uniform, peak = model.parts(span_m, is_shear=False)
        return uniform * span_m * quarter / 2.0 + peak * quarter
    return _tracks_on_simple_span(span_m, quarter, model)


def _tracks_on_simple_span(span_m: float, quarter_m: float, model: Tracks) -> float:
    if model.length_m <= span_m:
        return model.gross_kn * quarter_m * (1.0 - model.length_m / (2.0 * span_m))
    return model.gross_kn / model.length_m * span_m * quarter_m / 2.0


def _of_train(beam: Beam, train: AxleTrain) -> float:
    inner = [support_moment_line(beam, support) for support in range(1, len(beam.spans_m))]
    jumps = np.zeros((len(beam.supports_m), len(beam.supports_m), 4))
    jumps[1:-1] = pack(beam.supports_m, inner).jumps
    back = train.reversed()
    return max(beam_peak_moment(one.loads_kn, one.offsets_m, beam.supports_m, jumps)[0] for one in (train, back))


def _search(beam: Beam, span: int, model: LoadModel) -> float:
    length = float(beam.spans_m[span])

    def effect(x_m: float) -> float:
        lines = pack(beam.supports_m, [moment_line(beam, span, x_m)])
        return float(line_extremes_of(PlacedLines(0.0, beam.spans_m, lines, ()), model, PeakSpan.LONGEST)[0, 0])

    return _largest(effect, length)


def _largest(effect: Callable[[float], float], length: float) -> float:
    step = length / GRID
    values = [effect(step * n) for n in range(1, GRID)]
    best = 1 + int(np.argmax(values))
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - half a second that few answers need

    found = minimize_scalar(
        lambda x_m: -effect(x_m),
        bounds=(step * (best - 1), step * (best + 1)),
        method="bounded",
        options={"xatol": 1e-7 * length},
    )
    return max(values[best - 1], -float(found.fun))
