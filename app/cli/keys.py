"""The commands for keys: make one for the ring, see which are needed, prove the recovery sheet, renew the epoch."""

import base64

import click
from cryptography.fernet import Fernet

from app import current
from app.cli import output
from app.domain.vault import epochs, holders, key_register
from app.domain.work import Party

bp = output.blueprint("keys", "keys", "The ring, epochs, and what still needs them.")


@bp.cli.command()
@click.argument("what", type=click.Choice(["ring"]))
def new(what: str) -> None:
    """Print a new key for the ring. Put it second in VAULT_KEYS everywhere first, then first."""
    click.echo(Fernet.generate_key().decode())


@bp.cli.command()
@output.as_json
def status() -> None:
    """Show the ring's keys by id with the rows that need them, and the epochs."""
    running = current.running()
    with current.read(Party.OPERATOR) as work:
        needed = key_register.rows_per_ring_key(work)
        live = [(epoch.number, epoch.starts_at) for epoch in epochs.live(work)]
    verify_key = base64.urlsafe_b64encode(running.vault.audit_key.verify_key).decode()
    keys = [(key_id, needed[key_id]) for key_id in running.vault.ring.ids]
    lines = [f"Ring key {key_id}: {rows} rows need it." for key_id, rows in keys]
    lines += [f"Epoch {number} since {starts_at:%Y-%m-%d}." for number, starts_at in live]
    facts = {
        "ring": [{"id": key_id, "rows": rows} for key_id, rows in keys],
        "epochs": [{"number": number, "starts_at": starts_at.isoformat()} for number, starts_at in live],
        "epoch_verify_key": verify_key,
    }
    output.answer("\n".join([*lines, f"EPOCH_VERIFY_KEY={verify_key}"]), facts)


@bp.cli.command()
def drill() -> None:
    """Prove that the printed recovery code opens every epoch; a new code is shown, to be printed in its place."""
    typed = click.prompt("Recovery code", hide_input=True)
    with current.work(Party.OPERATOR) as work:
        code = holders.drill(work, typed)
    click.echo("The sheet opens every epoch.")
    tell_sheet(code)


@bp.cli.command()
def renew() -> None:
    """Begin a new epoch now; the worker does it every month by itself."""
    with current.work(Party.OPERATOR) as work:
        epoch = epochs.begin(work)
    click.echo(f"Epoch {epoch.number} has begun; new requests are sealed to it.")


def tell_sheet(code: str) -> None:
    click.echo(f"The old code has stopped working. Write this one on paper, then clear the screen:\n\n  {code}\n")
