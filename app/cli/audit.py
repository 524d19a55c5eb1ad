"""The commands for the audit trail."""

import click

from app import current
from app.cli import output
from app.domain import audit
from app.domain.work import Party

bp = output.blueprint("audit", "audit", "The record of what happened.")


@bp.cli.command()
@click.option("--head", is_flag=True, help="Also print length and head, to compare with the weekly letter.")
@output.as_json
def verify(head: bool) -> None:
    """Walk the whole chain; name the first line that does not fit."""
    with current.read(Party.OPERATOR) as work:
        verdict = audit.verify(work)
    facts = {"length": verdict.length, "head": verdict.head.hex(), "first_broken": verdict.first_broken}
    if verdict.first_broken is not None:
        output.answer(
            f"Line {verdict.first_broken} does not fit: it or what came before was changed.",
            facts,
        )
        raise click.exceptions.Exit(1)
    sentence = f"All {verdict.length} lines fit."
    output.answer(f"{sentence}\nHead: {verdict.head.hex()}" if head else sentence, facts)
