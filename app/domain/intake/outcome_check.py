"""How a request ended: its row and its log have to tell the same."""

from collections.abc import Sequence

from app.domain.intake import case_log, thread, wishes
from app.models import LogKind, Outcome


def as_logged(outcome: Outcome | None, logged: Sequence[case_log.Entry], entries: Sequence[thread.Entry]) -> bool:
    """Return whether a row with this outcome tells what the log tells last, or news of the client came after it."""
    last = case_log.last_of(logged, LogKind.OUTCOME)
    if last is None or last.value["outcome"] is None:
        return outcome is None
    heard_at = max((entry.at for entry in entries if wishes.by_client(entry)), default=None)
    if outcome is None:
        # Both are told to the minute, so within one nobody knows which came first.
        return heard_at is not None and heard_at >= last.at
    return outcome == last.value["outcome"] and (heard_at is None or heard_at <= last.at)
