"""Settled bridges in words (既有结论用语): Chinese first, English second."""

from api.reviews.wording import Bilingual
from data.bridges.evidence_model import Calculation, Corridor
from routing.phrase import stake_text

KIND = {
    "calculation": Bilingual("专项验算", "special calculation"),
    "load_test": Bilingual("荷载试验", "load test"),
    "survey": Bilingual("检测结论", "survey"),
}
CORRIDOR = Bilingual(
    "已评估通道{id}（{route} {start}～{end}），轴荷{axle}千克、总质量{gross}千克以内，有效期至{until}：{source}",
    "evaluated corridor {id} ({route} {start}~{end}) for axles up to {axle} kg and {gross} kg gross, "
    "valid until {until}: {source}",
)
CALCULATION = Bilingual(
    "{kind}{id}已涵盖本车辆（{firm}，{qualification}，{made}，有效期至{until}）：{source}",
    "{kind} {id} covers this vehicle ({firm}, {qualification}, {made}, valid until {until}): {source}",
)


def settled_reason(entry: Corridor | Calculation) -> Bilingual:
    """Say which earlier answer settles a bridge, who gave it and until when it holds; masses in kg."""
    values: dict[str, object] = {"id": entry.id, "until": entry.valid_until, "source": entry.source}
    if isinstance(entry, Calculation):
        kind = KIND[entry.kind]
        values |= {"firm": entry.firm, "qualification": entry.qualification, "made": entry.made_on}
        return Bilingual(CALCULATION.zh.format(kind=kind.zh, **values), CALCULATION.en.format(kind=kind.en, **values))
    low, high = entry.stretch_m
    values |= {"route": entry.route_ref, "start": stake_text(low), "end": stake_text(high)}
    values |= {"axle": entry.max_axle_kg, "gross": entry.max_gross_kg}
    return Bilingual(CORRIDOR.zh.format(**values), CORRIDOR.en.format(**values))


def settled_conditions(entry: Corridor | Calculation) -> list[Bilingual]:
    """Conditions of an earlier answer in the words of those who gave it, whatever the language."""
    return [Bilingual(text, text) for text in entry.conditions] if isinstance(entry, Calculation) else []
