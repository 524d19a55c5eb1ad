"""The commands for the team: invite, list, recover, suspend."""

import click

from app import current
from app.cli import output
from app.cli.keys import tell_sheet
from app.cli.setup import address, known_as, tell_link
from app.domain.team import offboarding, team
from app.domain.work import Party
from app.models import Role

bp = output.blueprint("team_commands", "team", "The team: invite, list, recover, suspend.")


@bp.cli.command()
@click.option("--email", required=True, callback=address, help="The colleague's address.")
@click.option("--name", required=True, callback=known_as, help="The name colleagues see.")
@click.option("--supervisor", is_flag=True, help="May also run the practice: team, rota, figures.")
@output.as_json
def invite(email: str, name: str, supervisor: bool) -> None:
    """Invite a colleague and print their one-time link. They open nothing until a supervisor approves them."""
    with current.work(Party.OPERATOR) as work:
        token = team.invite(work, email=email, name=name, role=Role.SUPERVISOR if supervisor else Role.COUNSELOR)
    tell_link(token)


@bp.cli.command("list")
@output.as_json
def show() -> None:
    """List everybody with role and state."""
    with current.read(Party.OPERATOR) as work:
        colleagues = team.roster(work)
    rows = [{"email": one.email, "name": one.name, "role": one.role, "state": one.state} for one in colleagues]
    lines = [f"{row['email']}  {row['name']}  {row['role']}  {row['state']}" for row in rows]
    output.answer("\n".join(lines) or "Nobody is in the team yet: flask setup.", {"team": rows})


@bp.cli.command()
@click.argument("email", callback=address)
def recover(email: str) -> None:
    """Approve a colleague with the printed recovery code, when nobody else can. A new sheet is made."""
    with current.read(Party.OPERATOR) as work:
        account_id = team.by_email(work, email)
        six, digest = team.six_words(work, account_id)
    click.echo(f"{email} waits for approval. Call them. Their screen must show:\n\n  {' '.join(six)}\n")
    click.confirm("Are all six words the same?", abort=True)
    typed = click.prompt("Recovery code", hide_input=True)
    with current.work(Party.OPERATOR) as work:
        code = team.approve_by_sheet(work, account_id, typed, digest)
    click.echo(f"{email} can open requests again.")
    tell_sheet(code)


@bp.cli.command()
@click.argument("email", callback=address)
def suspend(email: str) -> None:
    """Lock a colleague out at once; new requests go to keys they never had."""
    with current.work(Party.OPERATOR) as work:
        offboarding.leave(work, team.by_email(work, email))
    click.echo(
        f"{email} is locked out. What they had waits for anybody again; what they opened before may be known to them."
        " A supervisor who suspends at the desk also seals anew what is open."
    )
