"""One demo case being worked on (演示办件的办理): everybody at their desks, with a clock moved through the past.

All that happens to a case is one transaction, by the service's own functions: it is there whole or not at all.
"""

import datetime as dt
import io
import json
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.accounts.identify import actor_of
from api.accounts.permissions import Action
from api.applications.attachments import add_attachment
from api.applications.drafts import create_draft
from api.applications.storage import Storage
from api.applications.submit import submit_draft
from api.cases.act import act
from api.cases.inputs import ActionInput
from api.cases.rows import packets_of
from api.db.tables import Account, Case, Draft, Packet
from api.demo.people import ROLE_OF_KIND, carrier_account, office_account
from api.jobs.tasks import TASKS
from api.unit_of_work import LOCAL, SYSTEM, UnitOfWork
from rules.calendar import is_working_day
from rules.errors import CalendarRangeError

Json = dict[str, Any]
ORIGIN: Final = "demo"
_ONE_DAY: Final = dt.timedelta(days=1)
_A_STEP: Final = dt.timedelta(minutes=7)
_OPENS_AT: Final = dt.time(9, 0)
_SATURDAY: Final = 5
_LARGEST_FILE: Final = 1_000_000
# What the worker would do at once; anything else stays for it.
_AT_ONCE: Final = ("review_case", "issue_permit", "deliver_refusal")
_TAKE: Final = text(
    "DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs"
    " WHERE status = 'todo' AND task_name = ANY(:names) AND args->>'case_id' = :case) RETURNING task_name, args"
)
_POSTPONE: Final = text(
    "UPDATE procrastinate_jobs SET scheduled_at = :at WHERE status = 'todo' AND args->>'case_id' = :case"
)


@dataclass
class Desk:
    """What one story needs.

    Attributes:
        session: Its transaction.
        storage: Where papers go.
        today: The real day.
        moment: The story's clock.
        firm: Which firm applies.
    """

    session: Session
    storage: Storage
    today: dt.date
    moment: dt.datetime
    firm: int
    _case: Case | None = field(default=None)

    @property
    def case(self) -> Case:
        """The case; there is one from `submit` on."""
        assert self._case is not None  # noqa: S101 - every story begins by handing in
        return self._case

    def go_to(self, working_days_ago: int) -> None:
        """Move the clock to the morning of an earlier day, never back."""
        day = working_day_before(self.today, working_days_ago)
        morning = dt.datetime.combine(day, _OPENS_AT, LOCAL).astimezone(dt.UTC)
        self.moment = max(self.moment + _A_STEP, morning)

    @property
    def day(self) -> dt.date:
        """The day there on the story's clock."""
        return self.moment.astimezone(LOCAL).date()

    def work(self, account: Account | None) -> UnitOfWork:
        """A step of somebody, or of the machine."""
        self.moment += _A_STEP
        return UnitOfWork(self.session, actor_of(account) if account else SYSTEM, self.moment)

    def attach(self, name: str) -> str:
        """A paper of the firm, and its id; the same one again is the same."""
        work = self.work(carrier_account(self.session, self.firm))
        return str(add_attachment(work, self.storage, io.BytesIO(_pdf(name)), name, largest_bytes=_LARGEST_FILE).id)

    def draft(self, key: str, form: Json) -> Draft:
        """A draft, known by its key."""
        work = self.work(carrier_account(self.session, self.firm))
        return create_draft(work, form, origin={"kind": ORIGIN, "id": key})

    def submit(self, key: str, form: Json) -> None:
        """Hand a form in; the machine reviews it."""
        draft = self.draft(key, form)
        work = self.work(carrier_account(self.session, self.firm))
        self._case = submit_draft(work, draft.id).case
        self.run_jobs()

    def carrier(self, action: Action, **sent: object) -> None:
        """The applicant does something."""
        self._act(carrier_account(self.session, self.firm), action, sent)

    def office(self, role: str, action: Action, **sent: object) -> None:
        """Somebody of the body that decides does something."""
        self._act(self.colleague(role), action, sent)

    def machine(self, action: Action, **sent: object) -> None:
        """The machine does something."""
        self._act(None, action, sent)

    def answer(self, packet: Packet, action: Action = Action.ANSWER_OPINION, **sent: object) -> None:
        """Somebody of a body that was asked does something with its packet."""
        account = office_account(self.session, ROLE_OF_KIND[packet.body.kind], packet.body_id, self.moment)
        self._act(account, action, {"packet_id": packet.id} | sent)

    def colleague(self, role: str) -> Account:
        """Somebody of the body that decides."""
        assert self.case.deciding_body_id is not None  # noqa: S101 - the review has sent it somewhere
        return office_account(self.session, role, self.case.deciding_body_id, self.moment)

    def officers(self) -> list[uuid.UUID]:
        """Two who verify together (两名工作人员)."""
        return [self.colleague("window").id, self.colleague("reviewer").id]

    def open_packets(self) -> list[Packet]:
        """Packets that wait for an answer."""
        return [one for one in packets_of(self.work(None), self.case) if one.state == "open"]

    def run_jobs(self) -> None:
        """Do the jobs of this case that wait in the queue, in this transaction."""
        self.session.flush()
        values = {"names": list(_AT_ONCE), "case": str(self.case.id)}
        while (taken := self.session.execute(_TAKE, values).one_or_none()) is not None:
            TASKS[taken.task_name](self.work(None), **taken.args)
            self.session.flush()

    def postpone_jobs(self, days: int) -> None:
        """Leave the case's jobs in the queue for some days: a state that lasts seconds is there to be looked at."""
        self.session.flush()
        at = dt.datetime.combine(self.today + days * _ONE_DAY, _OPENS_AT, LOCAL)
        self.session.execute(_POSTPONE, {"at": at, "case": str(self.case.id)})

    def _act(self, account: Account | None, action: Action, sent: Json) -> None:
        act(self.work(account), self.case.id, action, ActionInput.model_validate(sent))


def known_keys(session: Session) -> set[str]:
    """Keys of the stories that are told already."""
    demo = select(Draft.origin["id"].astext).where(Draft.origin["kind"].astext == ORIGIN)
    return {key for key in session.scalars(demo) if key}


def working_day_before(day: dt.date, count: int) -> dt.date:
    """The day so many working days ago; where the calendar does not reach, Monday to Friday are taken for it."""
    while count:
        day -= _ONE_DAY
        count -= _is_working_day(day)
    return day


def _is_working_day(day: dt.date) -> bool:
    try:
        return is_working_day(day)
    except CalendarRangeError:
        return day.weekday() < _SATURDAY


def _pdf(name: str) -> bytes:
    """A page that says what it stands for."""
    shown = json.dumps(f"DEMO {name}")[1:-1]
    return f"%PDF-1.4\n% {shown}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".encode("ascii")
