"""What the tests of passkeys share: somebody with an authenticator, who adds a passkey and signs in with it."""

from dataclasses import dataclass
from uuid import UUID

from app.crypto.passkeys import Site
from app.domain.accounts import passkeys, passwords
from app.domain.accounts.accounts import Device, DeviceKind, Passkey
from app.domain.accounts.passkeys import Assertion, Halfway
from app.domain.work import Party
from tests.domain import builders
from tests.support.authenticator import Authenticator
from tests.support.office import PASSWORD, Office, Person

SITE = Site("localhost", "http://localhost")
PHONE = Device(DeviceKind.PHONE, "198.51.0.0/16")
COMPUTER = Device(DeviceKind.COMPUTER, "203.0.0.0/16")


@dataclass
class Owner:
    """A person of the team and their authenticator."""

    office: Office
    person: Person
    device: Authenticator
    challenges: int = 0

    def challenge(self) -> str:
        self.challenges += 1
        return f"challenge {self.challenges} of {self.person.email}"

    def add(self, *, secret: bool = True, name: str = "My phone") -> UUID:
        """Add a passkey as the account page does; return its id."""
        asked = self.challenge()
        self.office.prove(self.person)
        with self.office.work(self.person) as work:
            response = self.device.make(asked, work.member.account_id.bytes)
            passkeys.add(work, Assertion(SITE, asked, response, self.secret() if secret else None), name, PHONE)
        return self.listed()[-1][0].id

    def secret(self) -> bytes:
        return self.device.secret(SITE.salt)

    def listed(self) -> list[tuple[Passkey, bool]]:
        with self.office.work(self.person) as work:
            return passkeys.listed(work)

    def answer(self, *, secret: bool = True, challenge: str | None = None) -> Assertion:
        asked = challenge or self.challenge()
        return Assertion(SITE, asked, self.device.use(asked), self.secret() if secret else None)

    def sign_in(self, answer: Assertion | None = None, device: Device = PHONE) -> str | Halfway | None:
        """Sign in as the sign-in page does."""
        answer = answer or self.answer()
        with self.office.work(Party.NEWCOMER) as work:
            attempt = passkeys.begin(work, answer)
        with self.office.work(Party.NEWCOMER) as work:
            return passkeys.finish(work, attempt, answer, device)

    def sign_in_with_password(self, halfway: Halfway, *, password: str = PASSWORD, once: str = "once") -> str | None:
        with self.office.work(Party.NEWCOMER) as work:
            attempt = passwords.begin(work, halfway.email)
        stretched = builders.stretched(password, attempt.salt)
        with self.office.work(Party.NEWCOMER) as work:
            return passkeys.finish_with_password(work, attempt, stretched, halfway, PHONE, once=once)

    def prove(self, answer: Assertion | None = None) -> bool:
        answer = answer or self.answer(secret=False)
        with self.office.work(self.person) as work:
            return passkeys.prove(work, answer)


def owner(office: Office, person: Person) -> Owner:
    return Owner(office, person, Authenticator())
