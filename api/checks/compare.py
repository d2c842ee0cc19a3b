"""The comparison of one form (机器比对): all 21 items in the order of their list."""

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

from api.applications.form import ApplicationForm
from api.checks import axle_items, cargo_items, carrier_items, person_items, route_items, vehicle_items
from api.checks.case import Case
from api.checks.register import Register
from api.checks.results import Comparison, Evidence, item_result
from api.reviews.request import facts_of
from rules.forms import FormSettings, comparison_items, form_settings
from rules.review import classify

ITEM_CODE: Mapping[str, Callable[[Case], list[Evidence]]] = MappingProxyType(
    {
        "agent_identity": person_items.agent_identity,
        "agent_authority": person_items.agent_authority,
        "drivers": person_items.drivers,
        "carrier_identity": carrier_items.carrier_identity,
        "operating_licence": carrier_items.operating_licence,
        "licence_scope": carrier_items.licence_scope,
        "restriction_period": carrier_items.restriction_period,
        "vehicle_identity": vehicle_items.vehicle_identity,
        "insurance": vehicle_items.insurance,
        "mass_sum": vehicle_items.mass_sum,
        "axle_arrays": axle_items.axle_arrays,
        "axle_limits": axle_items.axle_limits,
        "axle_statics": axle_items.axle_statics,
        "route_verdict": route_items.route_verdict,
        "trip_period": route_items.trip_period,
        "overlapping_permits": route_items.overlapping_permits,
        "escort_plan": route_items.escort_plan,
        "indivisible": cargo_items.indivisible,
        "overall_sizes": cargo_items.overall_sizes,
        "class_materials": cargo_items.class_materials,
        "same_cargo": cargo_items.same_cargo,
    }
)


def compare(
    form: ApplicationForm,
    review: Mapping[str, object] | None,
    register: Register,
    on: dt.date,
    *,
    settings: FormSettings | None = None,
) -> Comparison:
    """Compare a form with itself, the rules, the review of its route, and outside sources.

    Args:
        form: As handed in.
        review: Review of the route (JSON of the exchange format); None while there is none.
        register: Outside sources; one that does not answer leaves its items unknown.
        on: Day that decides the version of the law and what is past.
        settings: Other settings than those of `rules/forms/settings.yaml`.
    """
    classification = classify(facts_of(form.loaded_vehicle()), on=on)
    case = Case(form, review, register, on, classification, settings or form_settings())
    return Comparison(
        on=on,
        vehicle_class=classification.vehicle_class,
        items=tuple(item_result(item, ITEM_CODE[name](case)) for name, item in comparison_items().items()),
        promise_accepted=form.declarations.promise_accepted,
        to_follow=frozenset(form.declarations.materials_to_follow),
        notes=classification.notes,
    )
