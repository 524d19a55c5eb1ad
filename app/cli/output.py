"""How every command answers: with one plain sentence, or JSON for a program; with 1 and a sentence when it fails."""

import json
from collections.abc import Mapping

import click
from flask import Blueprint
from sqlalchemy.exc import ProgrammingError

from app import current
from app.crypto.codes import BadCode
from app.domain.work import Altered, Missing, Reason, Refused

_JSON = "quietword.json"

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

#: Gives a command the option that `answer` reads.
as_json = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    help="Answer in JSON.",
    callback=lambda context, _option, chosen: context.meta.__setitem__(_JSON, chosen),
)


class _Command(click.Command):
    """A command that turns the errors of the rules into one sentence and exit status 1."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
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


def blueprint(name: str, group: str | None = None, about: str | None = None) -> Blueprint:
    """Return a blueprint for commands, in a group of their own or beside the others."""
    bp = Blueprint(name, __name__, cli_group=group)
    bp.cli.command_class, bp.cli.help = _Command, about
    return bp


def answer(sentence: str, facts: Mapping[str, object]) -> None:
    wants_json = click.get_current_context().meta[_JSON]
    click.echo(json.dumps(facts, ensure_ascii=False) if wants_json else sentence)
