"""Whether we may call a client: the time, the tries and the number. Pure rules; they know no database.

A call counts from when it happened, whenever somebody wrote it down. Moments are to the minute: what a client writes
or staff settle in the minute of a call counts as later than that call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.intake import safe_times
from app.domain.intake.answers import Wishes
from app.domain.intake.safe_times import Outlook


@dataclass(frozen=True)
class Call:
    """One call, in either direction, and how it went."""

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
    """Which number holds from a moment on, as staff settled it by voice."""

    at: datetime
    #: The thread entry that brought the number; None is the one that came with the request.
    number: int | None = None
    #: The client said that it is right after all, although it was marked wrong.
    is_right: bool = False


@dataclass(frozen=True)
class MayCall:
    """Whether we may call a client at one moment, and how often still."""

    #: They want us to call; otherwise they call us.
    wanted: bool
    #: They want a call at this moment.
    safe: bool
    number_is_wrong: bool
    #: How often the practice tries.
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
    """Return the whole answer. `wrote_at` is when the client last wrote on the return page; None if never."""
    return MayCall(
        wanted=wishes.way == "call",
        safe=safe_now(wishes, now),
        number_is_wrong=number_is_wrong(calls, settlements),
        tries=tries,
        left=tries_left(calls, wrote_at, tries),
        last=next(reversed(in_order(calls)), None),
    )


def outlook(wishes: Wishes, now: datetime) -> Outlook | None:
    """Return whether a call is safe now and when that changes; None where they call us or allow no time."""
    if wishes.way != "call" or wishes.zone is None:
        return None
    return safe_times.outlook(wishes.when, wishes.zone, now)


def safe_now(wishes: Wishes, now: datetime) -> bool:
    """Return whether they want a call, and at this moment."""
    found = outlook(wishes, now)
    return found is not None and found.safe


def in_order(calls: Sequence[Call]) -> list[Call]:
    """Return calls as they happened; those of one minute as they were written down."""
    return sorted(calls, key=lambda call: call.happened_at)


def tries_left(calls: Sequence[Call], wrote_at: datetime | None, tries: int) -> int:
    """Return how often we may still try (S-54). We count anew once we spoke with the client or they wrote.

    To settle what is safe starts no new count: the call in which it was settled does.
    """
    in_vain: list[Call] = []
    for call in in_order(calls):
        in_vain = [] if call.spoke else [*in_vain, call]
    return max(0, tries - sum(wrote_at is None or call.happened_at > wrote_at for call in in_vain))


def number_is_wrong(calls: Sequence[Call], settlements: Sequence[Settlement]) -> bool:
    """Return whether a call to the number that holds now reached a stranger (S-54).

    It stays wrong until staff settle another number, or hear from the client by voice that it is right after all.
    Written on the return page again, the same number stays wrong: whoever found the seven words can write it, and a
    stranger, or the person the client fears, would answer.
    """
    number = settlements[-1].number if settlements else None
    confirmed = [one.at for one in settlements if one.number == number and one.is_right]
    wrong = [call.happened_at for call in calls if call.outcome == "wrong_number"]
    return any(_number_at(settlements, at) == number and all(one < at for one in confirmed) for at in wrong)


def _number_at(settlements: Sequence[Settlement], at: datetime) -> int | None:
    """Return which number held when a call happened."""
    held = [one.number for one in settlements if one.at < at]
    return held[-1] if held else None
