"""The demo's stories (演示办件): some 200 cases that together stand in every state, told up to today."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.demo import steps, trip_steps
from api.demo.desk import Desk, working_day_before
from api.demo.forms import DemoTrip, make_form
from api.demo.loads import CARGOES, TRIPS, vehicle_of
from api.demo.people import FIRMS

Step = Callable[[Desk], None]
Json = dict[str, Any]
_MATERIALS: Final = {
    "operating_licence": "道路运输经营许可证.pdf",
    "agent_id": "经办人身份证件.pdf",
    "authorization": "授权委托书.pdf",
    "vehicle_licence": "车辆行驶证.pdf",
    "vehicle_licence_second_page": "行驶证副页.pdf",
}
_DRAWING: Final = "车货总体外廓尺寸轮廓图.pdf"
_CLASSES: Final = ("I", "I", "II", "I", "III", "II", "I", "III")


@dataclass(frozen=True, slots=True)
class Plot:
    """How a kind of story goes (办件类型).

    Attributes:
        name: Begins the keys of its stories.
        count: How many there are.
        path: Steps after handing in, each with the number of working days before today on which it is done.
        spread: Stories of a kind lie up to so many further working days back.
        classes: Vehicle classes taken in turn.
        heavy: Whether the load is over the legal mass, so that bridges have to be judged.
        lacks: A paper that is missing.
        plate: Whether a temporary plate is asked for as well.
        submitted: Working days before today on which the form was handed in.
        departs: Working days before today on which the trip begins; where negative, days ahead of today.
    """

    name: str
    count: int
    submitted: int
    path: tuple[tuple[int, Step], ...] = ()
    spread: int = 1
    classes: Sequence[str] = _CLASSES
    heavy: bool = False
    lacks: str = ""
    plate: bool = False
    departs: int = -10


def _reviewed(day: int, *more: tuple[int, Step]) -> tuple[tuple[int, Step], ...]:
    return ((day, steps.accept), *more)


def _issued(day: int, *more: tuple[int, Step]) -> tuple[tuple[int, Step], ...]:
    """Accepted, answered, recommended, approved and delivered, the last on a day."""
    return (
        (day + 2, steps.accept),
        (day + 2, steps.claim),
        (day + 1, steps.answer_packets),
        (day + 1, steps.settle),
        (day + 1, steps.recommend),
        (day, steps.approve),
        (day, steps.deliver),
        *more,
    )


ONE, TWO, THREE = ("I",), ("II",), ("III",)
PLOTS: Final = (
    Plot("issued-earlier", 26, 14, _issued(10, (9, steps.rate)), spread=40, departs=8),
    Plot("issued", 20, 6, _issued(2), spread=3, departs=-3),
    Plot("issued-heavy", 5, 14, _issued(8), spread=6, classes=("II", "III"), heavy=True, departs=-5),
    Plot("awaiting-check", 8, 6, _issued(2), classes=THREE, departs=-8),
    Plot("announced", 6, 8, _issued(4, (1, trip_steps.announce)), classes=("I", "II"), departs=-2),
    Plot("under-way", 5, 9, _issued(5, (4, trip_steps.announce), (0, trip_steps.start)), classes=ONE, departs=1),
    Plot("travelled", 8, 20, _issued(16, (15, trip_steps.announce), (13, trip_steps.start), (11, trip_steps.end),
         (10, steps.rate)), spread=10, classes=("I", "II"), departs=13),
    Plot("changing", 5, 8, _issued(4, (1, steps.request_change)), classes=("I", "II"), departs=-20),
    Plot("changed", 3, 12, _issued(8, (6, steps.request_change), (4, steps.decide_change)), classes=ONE, departs=-12),
    Plot("recalled", 3, 20, _issued(15, (3, steps.recall)), classes=("II", "III"), departs=-15),
    Plot("revoked", 4, 22, _issued(18, (5, steps.revoke)), classes=("I", "III"), departs=-15),
    Plot("cancelled", 6, 25, _issued(20, (9, steps.cancel)), spread=8, departs=-15),
    Plot("closed", 4, 16, _reviewed(15, (9, steps.close)), spread=4),
    Plot("withdrawn", 6, 10, _reviewed(9, (8, steps.withdraw)), spread=8),
    Plot("not-accepted", 5, 24, ((23, steps.request_correction), (3, steps.not_accept)), lacks="authorization"),
    Plot("refused", 7, 18, _reviewed(17, (12, steps.recommend_refusal), (10, steps.refuse), (10, steps.deliver)),
         spread=5, classes=THREE, heavy=True),
    Plot("refused-undelivered", 2, 9, _reviewed(8, (2, steps.recommend_refusal), (0, steps.refuse),
         (0, steps.leave_in_queue)), classes=THREE, heavy=True),
    Plot("approved", 4, 3, ((2, steps.accept), (1, steps.settle), (1, steps.recommend), (0, steps.approve),
         (0, steps.deliver)), classes=("I", "II"), plate=True),
    Plot("decision", 7, 3, _reviewed(2, (1, steps.answer_packets), (1, steps.settle), (0, steps.recommend)), spread=2),
    Plot("decision-late", 4, 8, _reviewed(7, (5, steps.answer_packets), (4, steps.settle), (3, steps.recommend)),
         classes=("I", "II"), spread=2),
    Plot("sent-back", 2, 6, _reviewed(5, (3, steps.answer_packets), (2, steps.settle), (2, steps.recommend),
         (1, steps.send_back)), classes=("II", "III")),
    Plot("paused-testing", 3, 12, _reviewed(10, (7, steps.pause_for_testing)), classes=THREE, heavy=True),
    Plot("paused-experts", 3, 9, _reviewed(7, (4, steps.pause_for_experts)), classes=("II", "III")),
    Plot("resumed", 2, 15, _reviewed(14, (12, steps.pause_for_testing), (3, steps.resume)), classes=THREE),
    Plot("review-new", 8, 1, _reviewed(0)),
    Plot("review-due", 6, 3, _reviewed(2, (2, steps.claim)), classes=("I", "II")),
    Plot("review-late", 6, 8, _reviewed(7), spread=3, classes=("I", "II")),
    Plot("review-far", 6, 6, _reviewed(5), classes=THREE, spread=3),
    Plot("survey", 3, 5, _reviewed(4, (3, steps.order_survey)), classes=("II", "III")),
    Plot("calculation", 3, 5, _reviewed(4, (2, steps.order_calculation)), classes=THREE, heavy=True),
    Plot("reroute", 3, 5, _reviewed(4, (2, steps.propose_reroute)), classes=THREE, heavy=True),
    Plot("packet-returned", 4, 4, _reviewed(3, (2, steps.return_a_packet)), classes=("II", "III")),
    Plot("packet-objected", 3, 5, _reviewed(4, (2, steps.object_to_it)), classes=("II", "III")),
    Plot("packet-overdue", 5, 12, _reviewed(11, (0, steps.escalate)), classes=("II", "III"), spread=3),
    Plot("machine-review", 3, 1, ((0, steps.accept_without_review),)),
    Plot("corrected", 4, 5, ((4, steps.request_correction), (1, steps.answer_correction)), lacks="authorization"),
    Plot("correction", 7, 4, ((2, steps.request_correction),), lacks="authorization", spread=3),
    Plot("submitted", 10, 0, spread=1),
    Plot("submitted-due", 5, 4),
)  # fmt: skip
DRAFTS: Final = 8
_TWO_WEEKS: Final = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Story:
    """One case or draft (一件演示办件).

    Attributes:
        key: Stable: told once, whatever happens in between.
        number: Varies firm, load and trip.
        back: Further working days back than its plot says.
    """

    key: str
    number: int
    plot: Plot | None
    back: int = 0

    @property
    def firm(self) -> int:
        """Which firm applies."""
        return self.number % len(FIRMS)

    def tell(self, desk: Desk) -> None:
        """Let it happen, from the draft to today."""
        if self.plot is None:
            desk.draft(self.key, _unfinished(self._form(desk, "I", desk.day + _TWO_WEEKS)))
            return
        desk.go_to(self.plot.submitted + self.back)
        vehicle_class = self.plot.classes[self.number % len(self.plot.classes)]
        desk.submit(self.key, self._form(desk, vehicle_class, self._departs_on(desk.today, self.plot.departs)))
        for day, step in self.plot.path:
            desk.go_to(day + self.back if day else 0)
            step(desk)

    def _departs_on(self, today: dt.date, departs: int) -> dt.date:
        return working_day_before(today, departs + self.back) if departs > 0 else today - dt.timedelta(days=departs)

    def _form(self, desk: Desk, vehicle_class: str, departs_on: dt.date) -> Json:
        plot, number = self.plot, self.number
        papers = {kind: [desk.attach(name)] for kind, name in _MATERIALS.items() if plot is None or kind != plot.lacks}
        cargoes = CARGOES[vehicle_class]
        form = make_form(
            FIRMS[self.firm],
            vehicle_of(vehicle_class, number, heavy=plot is not None and plot.heavy),
            DemoTrip(TRIPS[number % len(TRIPS)], departs_on, days=5),
            cargo=cargoes[number // 7 % len(cargoes)],
            serial=f"YS-{number:04d}",
            escort=vehicle_class == "III",
            attachments=papers,
        )
        if vehicle_class == "III":
            form["outline_drawing"] = desk.attach(_DRAWING)
        if plot is not None and plot.plate:
            form["items_wanted"] = {"temporary_plate": "yes"}
        return form


def all_stories() -> list[Story]:
    """Every story, the one that began first in front."""
    told = [story for number, plot in enumerate(PLOTS) for story in _of(plot, 100 * number)]
    drafts = [Story(f"draft-{number + 1}", 9000 + number, None) for number in range(DRAFTS)]
    return sorted(told, key=lambda story: -_began(story)) + drafts


def _of(plot: Plot, first: int) -> Iterator[Story]:
    for number in range(plot.count):
        back = number * plot.spread // max(plot.count - 1, 1)
        yield Story(f"{plot.name}-{number + 1}", first + number, plot, back)


def _began(story: Story) -> int:
    return 0 if story.plot is None else story.plot.submitted + story.back


def _unfinished(form: Json) -> Json:
    """A form that somebody has begun to fill in."""
    return {name: part for name, part in form.items() if name in {"carrier", "agent", "trip", "cargo"}}
