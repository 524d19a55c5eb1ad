"""The worker: sends letters, and does its other duties every half minute."""

import logging
import signal
import threading
from datetime import datetime, timedelta

import click
from sqlalchemy.exc import ProgrammingError

from app import current, mail
from app.cli import output
from app.domain import audit, marks
from app.domain.accounts import passwords, sessions
from app.domain.casework import escalation, notes
from app.domain.health import daily_check, weekly
from app.domain.intake import arrivals, tombstones
from app.domain.letters import outbox
from app.domain.rota import rota
from app.domain.vault import epochs
from app.domain.work import Altered, Party, Refused, Work

bp = output.blueprint("worker")

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0
_BETWEEN_ROUNDS = timedelta(seconds=30)
_ROUNDS = (
    audit.chain_waiting,
    sessions.lock_idle,
    arrivals.forget_confirmations,
    notes.forget_drafts,
    tombstones.erase_withdrawn,
    epochs.renew,
    epochs.fill_markers,
    passwords.end_former,
    weekly.write,
    escalation.escalate,
    escalation.remind_of_follow_ups,
    escalation.remind_of_overdue,
    rota.announce_gaps,
    daily_check.check,
    daily_check.watch,
)


@bp.cli.command()
@click.option("--once", is_flag=True, help="Do everything that is due, then end.")
def worker(once: bool) -> None:
    """Deliver letters, tell the next person, remind, chain public events, lock, erase, renew, run the daily check."""
    if once:
        stopped, refused = do_rounds(), deliver()
        if stopped or refused:
            raise click.ClickException(
                f"{stopped} duties stopped and {refused} letters were not taken; the log says why."
            )
        return
    stop = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: stop.set())
    _run(stop)


def do_rounds() -> int:
    """Do each duty in a transaction of its own, so that one that fails stops no other; return how many failed."""
    stopped = 0
    for duty in (_beat, *_ROUNDS):
        try:
            with current.work(Party.WORKER) as work:
                duty(work)
        except (Altered, Refused) as error:
            stopped += 1
            _log.error("%s stopped: %s", duty.__name__, error)
        except (current.Unavailable, ProgrammingError):
            # Without a database, or before it is migrated, no duty can be done.
            raise
        except Exception as error:  # noqa: BLE001
            # A mistake of ours in one duty must not stop the others, least of all the one that raises alarms.
            stopped += 1
            _log.error("%s stumbled: %s", duty.__name__, type(error).__name__, exc_info=error)
    return stopped


def deliver() -> int:
    """Send every letter that is due; return how many the mail server did not take."""
    refused = 0
    while _letters_due():
        refused += not mail.deliver_next()
    return refused


def _run(stop: threading.Event) -> None:
    next_round: datetime | None = None
    while not stop.is_set():
        try:
            if next_round is None or current.now() >= next_round:
                do_rounds()
                next_round = current.now() + _BETWEEN_ROUNDS
            busy = _letters_due()
            if busy:
                mail.deliver_next()
        except Exception as error:  # noqa: BLE001
            # This loop must go on whatever happens; otherwise letters would wait for ever.
            _log.error("the worker stumbled: %s", type(error).__name__, exc_info=error)
            busy = False
        # One letter at a time, because a slow mail server must not delay the other duties.
        stop.wait(0 if busy else _PAUSE_SECONDS)


def _letters_due() -> bool:
    with current.read(Party.WORKER) as work:
        return outbox.due(work)


def _beat(work: Work) -> None:
    marks.remember(work, marks.WORKER)
