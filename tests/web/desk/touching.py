"""What the tests of passkeys over HTTP share: adding one as the page's script does, and signing in with it."""

import base64
from typing import Any

from app.crypto import totp
from app.crypto.passkeys import Site
from tests.support.authenticator import Authenticator, text
from tests.support.clock import Clock
from tests.support.office import Person
from tests.web.desk.reading import Page, Seat

SIGN_IN, TOUCH, FINISH = "/desk/sign-in", "/desk/passkey", "/desk/passkey/password"
ACCOUNT, NEW, ADD = "/desk/account", "/desk/account/passkeys/new", "/desk/account/passkeys"
_SALT = Site("localhost", "http://localhost").salt


def fresh(person: Person, clock: Clock) -> str:
    """Return a code the person has not used yet."""
    clock.forward(seconds=60)
    return totp.code(person.totp_secret, clock())


def secret(device: Authenticator) -> str:
    return text(device.secret(_SALT))


def add(seat: Seat, person: Person, clock: Clock, device: Authenticator, **typed: Any) -> Page:
    """Add a passkey: the code first, then the page with the button, then what its script sends."""
    page = seat.look(NEW)
    if not page.find("form", action=ADD):
        assert seat.send(NEW, page, code=fresh(person, clock)).leads_to == NEW
        page = seat.look(NEW)
    [button] = page.find("button", **{"data-passkey": "new"})
    user = base64.urlsafe_b64decode(f"{button['data-user']}==")
    made = {"passkey": device.make(page.form(ADD).fields["challenge"], user), "secret": secret(device)}
    return seat.send(ADD, page, **{**made, **typed})


def touch(seat: Seat, device: Authenticator, at: str | Page = SIGN_IN, **typed: Any) -> Page:
    """Press the button of the sign-in page, and touch the authenticator."""
    page = at if isinstance(at, Page) else seat.look(at)
    answer = device.use(page.form(TOUCH).fields["challenge"])
    return seat.send(TOUCH, page, **{"passkey": answer, "secret": secret(device), **typed})
