"""The commands that set up: the schema, and the first supervisor's one-time link."""

import click
from email_validator import EmailNotValidError, validate_email

from app import current, schema
from app.cli import output
from app.domain.team import team
from app.domain.work import Party
from app.models import Role

bp = output.blueprint("setup")


def address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise click.BadParameter("this is not an email address") from error


def known_as(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    name = value.strip()
    if not (0 < len(name) <= 80 and name.isprintable()):
        raise click.BadParameter("a name has 1 to 80 letters, on one line")
    return name


@bp.cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    bring_up_to_date()
    click.echo(f"The database has schema {schema.newest()}.")


@bp.cli.command()
@click.option("--email", required=True, callback=address, help="The first supervisor's address.")
@click.option("--name", required=True, callback=known_as, help="The name colleagues see.")
@output.as_json
def setup(email: str, name: str) -> None:
    """Make the first supervisor and print their one-time link. No key and no code is printed."""
    bring_up_to_date()
    with current.work(Party.OPERATOR) as work:
        team.require_nobody(work)
        token = team.invite(work, email=email, name=name, role=Role.SUPERVISOR)
    tell_link(token)


def tell_link(token: str) -> None:
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
