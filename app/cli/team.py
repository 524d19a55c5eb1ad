"""The commands that set up schema and first supervisor, and those for the team: invite, list, recover, suspend."""

import click
from email_validator import EmailNotValidError, validate_email

from app import current, schema
from app.cli import output
from app.cli.keys import tell_sheet
from app.domain.team import offboarding, team
from app.domain.work import Party
from app.models import Role

setup_bp = output.blueprint("setup")
bp = output.blueprint("team_commands", "team", "The team: invite, list, recover, suspend.")


def _address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise click.BadParameter("this is not an email address") from error


def _known_as(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    name = value.strip()
    if not (0 < len(name) <= 80 and name.isprintable()):
        raise click.BadParameter("a name has 1 to 80 letters, on one line")
    return name


@setup_bp.cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    bring_up_to_date()
    click.echo(f"The database has schema {schema.newest()}.")


@setup_bp.cli.command()
@click.option("--email", required=True, callback=_address, help="The first supervisor's address.")
@click.option("--name", required=True, callback=_known_as, help="The name colleagues see.")
@output.as_json
def setup(email: str, name: str) -> None:
    """Make the first supervisor and print their one-time link. No key and no code is printed."""
    bring_up_to_date()
    with current.work(Party.OPERATOR) as work:
        team.require_nobody(work)
        token = team.invite(work, email=email, name=name, role=Role.SUPERVISOR)
    _tell_link(token)


def _tell_link(token: str) -> None:
    link = f"{current.settings().desk_url}/desk/invite/{token}"
    output.answer(
        f"Open this link within 60 minutes, on the device you will work with. It works once.\n{link}",
        {"link": link, "minutes": 60},
    )


def bring_up_to_date() -> None:
    try:
        schema.migrate(current.running().database)
    except schema.NewerSchema as error:
        raise click.ClickException(str(error)) from error


@bp.cli.command()
@click.option("--email", required=True, callback=_address, help="The colleague's address.")
@click.option("--name", required=True, callback=_known_as, help="The name colleagues see.")
@click.option("--supervisor", is_flag=True, help="May also run the practice: team, rota, figures.")
@output.as_json
def invite(email: str, name: str, supervisor: bool) -> None:
    """Invite a colleague and print their one-time link. They open nothing until a supervisor approves them."""
    with current.work(Party.OPERATOR) as work:
        token = team.invite(work, email=email, name=name, role=Role.SUPERVISOR if supervisor else Role.COUNSELOR)
    _tell_link(token)


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
@click.argument("email", callback=_address)
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
@click.argument("email", callback=_address)
def suspend(email: str) -> None:
    """Lock a colleague out at once; new requests go to keys they never had."""
    with current.work(Party.OPERATOR) as work:
        offboarding.leave(work, team.by_email(work, email))
    click.echo(
        f"{email} is locked out. What they had waits for anybody again; what they opened before may be known to them."
        " A supervisor who suspends at the desk also seals anew what is open."
    )
