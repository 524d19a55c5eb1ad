"""The audit chain, from the command line."""

import click
from flask import Blueprint

from app import current
from app.cli.output import answer, as_json, plainly
from app.domain import audit
from app.domain.work import Party

bp = Blueprint("audit", __name__, cli_group="audit")
bp.cli.help = "The record of what happened."


@bp.cli.command()
@click.option("--head", is_flag=True, help="Also print length and head, to compare with the weekly letter.")
@as_json
@plainly
def verify(head: bool, as_json: bool) -> None:
    """Walk the whole chain; name the first line that does not fit."""
    with current.read(Party.OPERATOR) as work:
        verdict = audit.verify(work)
    facts = {"length": verdict.length, "head": verdict.head.hex(), "first_broken": verdict.first_broken}
    if verdict.first_broken is not None:
        answer(
            f"Line {verdict.first_broken} does not fit: it or what came before was changed.",
            facts,
            as_json=as_json,
        )
        raise click.exceptions.Exit(1)
    sentence = f"All {verdict.length} lines fit."
    answer(f"{sentence}\nHead: {verdict.head.hex()}" if head else sentence, facts, as_json=as_json)
