"""How a command answers: one plain sentence, or JSON for a program; 1 and a sentence when it did not do it."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import click
from sqlalchemy.exc import ProgrammingError

from app import current
from app.crypto.codes import BadCode
from app.domain.work import Altered, Missing, Reason, Refused

P = ParamSpec("P")
T = TypeVar("T")

SENTENCES: Mapping[Reason, str] = {
    Reason.MEMBERS_ONLY: "Only a member of the team can do that, at the desk.",
    Reason.KNOWN_EMAIL: "Somebody with this email is in the team already.",
    Reason.NO_GRANT: "This sheet lacks a key that it should have; nothing was changed.",
    Reason.NOT_WAITING: "This person is not waiting for approval; they choose a new password at the desk first.",
    Reason.KEY_CHANGED: "The key changed since its words were shown. Compare them again.",
    Reason.OTHER_SHEET: "This code does not open the recovery sheet.",
    Reason.LAST_SUPERVISOR: "The last supervisor cannot be suspended.",
    Reason.NOBODY_ON_THE_ROLL: "Nobody is on the roll who could open requests; nothing was changed.",
    Reason.SET_UP: "This installation is set up already; a supervisor invites colleagues.",
    Reason.DEMONSTRATION_ONLY: "This is not a demonstration practice (DEMONSTRATION=1); nothing was changed.",
}

as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def answer(sentence: str, facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the sentence, or the facts as JSON."""
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else sentence)


def plainly(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the rules' words into one sentence and exit status 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except Refused as error:
            raise click.ClickException(SENTENCES.get(error.reason, f"Refused: {error.reason}.")) from error
        except Missing as error:
            raise click.ClickException("There is no such thing.") from error
        except Altered as error:
            raise click.ClickException(f"A stored record was altered: {error.place}.") from error
        except BadCode as error:
            raise click.ClickException("This is not a recovery code.") from error
        except (current.Unavailable, ProgrammingError) as error:
            # PostgreSQL calls it a mistake of the program when a table is not there yet.
            raise click.ClickException(
                "The database did not do it: it is down, full, or not migrated (flask migrate)."
            ) from error

    return run
