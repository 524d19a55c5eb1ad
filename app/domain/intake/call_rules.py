"""Decides whether we may call a client: the time, the tries and the number. Pure rules, without a database.

A call counts from when it happened, not from when somebody wrote it down. Moments are to the minute: what a client
writes or staff confirm in the minute of a call counts as later than that call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.intake import safe_times
from app.domain.intake.answers import Wishes
from app.domain.intake.safe_times import Outlook


@dataclass(frozen=True)
class Call:
    happened_at: datetime
    outcome: str
    #: "out": we called them; "in": they called us.
    direction: str = "out"

    @property
    def spoke(self) -> bool:
        """Whether we heard from the client: we reached them, or they called us."""
        return self.outcome == "reached" or self.direction == "in"


@dataclass(frozen=True)
class Settlement:
    """Which number is in force from a moment on, as staff confirmed it by voice."""

    at: datetime
    #: The thread entry that brought the number; None is the one that came with the request.
    number: int | None = None
    #: The client said that it is right after all, although it was marked wrong.
    is_right: bool = False


@dataclass(frozen=True)
class MayCall:
    """Whether we may call a client at one moment, and how often."""

    #: They want us to call; otherwise they call us.
    wanted: bool
    #: They want a call at this moment.
    safe: bool
    number_is_wrong: bool
    tries: int
    left: int
    #: The call that happened last; None while there was none.
    last: Call | None

    @property
    def tried(self) -> int:
        return self.tries - self.left

    @property
    def may_plan(self) -> bool:
        return self.wanted and self.left > 0 and not self.number_is_wrong


def may_call(
    wishes: Wishes,
    calls: Sequence[Call],
    settlements: Sequence[Settlement],
    wrote_at: datetime | None,
    *,
    tries: int,
    now: datetime,
) -> MayCall:
    """Return all of it. `wrote_at` is when the client last wrote on the return page."""
    return MayCall(
        wanted=wishes.way == "call",
        safe=safe_now(wishes, now),
        number_is_wrong=number_is_wrong(calls, settlements),
        tries=tries,
        left=tries_left(calls, wrote_at, tries),
        # Calls of one minute are in the order in which they were written down.
        last=max(reversed(calls), key=lambda call: call.happened_at, default=None),
    )


def outlook(wishes: Wishes, now: datetime) -> Outlook | None:
    """Return whether a call is safe now and when that changes; None where they call us or allow no time."""
    if wishes.way != "call" or wishes.zone is None:
        return None
    return safe_times.outlook(wishes.when, wishes.zone, now)


def safe_now(wishes: Wishes, now: datetime) -> bool:
    """Return whether the client wants a call, and at this moment."""
    found = outlook(wishes, now)
    return found is not None and found.safe


def tries_left(calls: Sequence[Call], wrote_at: datetime | None, tries: int) -> int:
    """Return how often we may still try (S-54): the count starts again once we spoke with the client or they wrote."""
    in_vain: list[Call] = []
    for call in sorted(calls, key=lambda call: call.happened_at):
        in_vain = [] if call.spoke else [*in_vain, call]
    return max(0, tries - sum(wrote_at is None or call.happened_at > wrote_at for call in in_vain))


def number_is_wrong(calls: Sequence[Call], settlements: Sequence[Settlement]) -> bool:
    """Return whether a call to the number in force reached a stranger (S-54).

    It stays wrong until staff confirm another number by voice, or the client says by voice that it is right after all.
    The same number, written on the return page, stays wrong: the writer may be the person the client fears.
    """
    number = settlements[-1].number if settlements else None
    confirmed = [one.at for one in settlements if one.number == number and one.is_right]
    wrong = [call.happened_at for call in calls if call.outcome == "wrong_number"]

    def called(at: datetime) -> int | None:
        return next((one.number for one in reversed(settlements) if one.at < at), None)

    return any(called(at) == number and all(one < at for one in confirmed) for at in wrong)
