"""Devices that people sign in with: which are new, and the letter about those."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.crypto import totp
from app.crypto.hpke import PrivateKey
from app.domain.accounts import accounts, passwords, sessions
from app.domain.accounts.accounts import Device, DeviceKind
from app.domain.team import team
from app.domain.work import Party
from app.models import Letter, LetterKind, Role
from tests.domain import builders
from tests.domain.helpers import passkey_touches
from tests.domain.helpers.passkey_touches import COMPUTER, PHONE
from tests.support.office import PASSWORD, Office, Person


@pytest.fixture
def person(office: Office) -> Person:
    """Somebody who has signed in before, with their computer."""
    found = office.found()
    sign_in(office, found, COMPUTER)
    return found


def sign_in(office: Office, person: Person, device: Device) -> None:
    office.clock.forward(seconds=60)
    with office.work(Party.NEWCOMER) as work:
        attempt = passwords.begin(work, person.email)
    stretched = builders.stretched(PASSWORD, attempt.salt)
    with office.work(Party.NEWCOMER) as work:
        code = totp.code(person.totp_secret, office.clock())
        assert sessions.finish(work, attempt, stretched, code, device) is not None


def told(office: Office) -> int:
    with office.work() as work:
        return len(work.session.scalars(select(Letter).where(Letter.kind == LetterKind.NEW_DEVICE)).all())


def test_the_first_device_is_nobodys_news(office: Office, person: Person) -> None:
    assert told(office) == 0


@pytest.mark.parametrize(
    "device",
    [
        Device(DeviceKind.PHONE, COMPUTER.network),
        Device(DeviceKind.COMPUTER, "192.0.0.0/16"),
        Device(DeviceKind.COMPUTER, ""),
    ],
    ids=["another kind", "another network", "no network"],
)
def test_a_new_device_is_told_to_its_person_once(office: Office, person: Person, device: Device) -> None:
    """V-12."""
    sign_in(office, person, device)
    assert told(office) == 1
    assert "sign_in.new_device" in builders.kinds(office)

    sign_in(office, person, device)
    sign_in(office, person, COMPUTER)

    assert told(office) == 1


def test_a_colleagues_device_is_new_with_somebody_else(office: Office, person: Person) -> None:
    colleague = office.hire(person, "ada@example.org")
    sign_in(office, colleague, PHONE)

    sign_in(office, person, PHONE)

    assert told(office) == 1
    rows = [builders.account(office, one) for one in (person, colleague)]
    with office.work() as work:
        records = [accounts.read(work, row) for row in rows]
    assert not set(records[0].devices) & set(records[1].devices)


def test_a_passkey_knows_its_device_in_every_network(office: Office, person: Person) -> None:
    """The one thing that is really recognized; a phone changes its network all day."""
    owner = passkey_touches.owner(office, person)
    owner.add()
    owner.sign_in(device=PHONE)
    owner.sign_in(device=replace(PHONE, network="192.0.0.0/16"))
    assert told(office) == 0

    owner.sign_in(device=COMPUTER)

    assert told(office) == 1


def test_only_the_last_twenty_devices_are_known(office: Office, person: Person) -> None:
    account_id = builders.account_id(office, person)
    with office.work() as work:
        account = accounts.locked(work, account_id)
        for number in range(20):
            accounts.notify_if_new_device(work, account, Device(DeviceKind.PHONE, f"10.{number}.0.0/16"), None)
        assert len(accounts.read(work, account).devices) == 20
    before = told(office)

    sign_in(office, person, COMPUTER)

    assert told(office) == before + 1


def test_neither_network_nor_device_is_kept_as_it_is(office: Office, person: Person) -> None:
    account = builders.account(office, person)
    with office.work() as work:
        record = accounts.read(work, account)

    assert b"203.0" not in b"".join(record.devices)
    assert len(record.devices) == 1
    assert "203.0" not in repr(COMPUTER)
    assert record.devices[0].hex() not in repr(record)
    assert repr(record.devices[0]) not in repr(record)


def test_who_joins_in_a_browser_is_known_by_it(office: Office, person: Person) -> None:
    with office.work() as work:
        token = team.invite(work, email="ada@example.org", name="Ada", role=Role.COUNSELOR)
    brought = team.Credentials(
        stretched=builders.stretched(PASSWORD, bytes(16)),
        salt=bytes(16),
        private=PrivateKey.generate(),
        totp_secret=person.totp_secret,
        backup_codes=[],
    )
    with office.work(Party.NEWCOMER) as work:
        code = totp.code(person.totp_secret, office.clock())
        assert team.accept(work, token, brought, code, PHONE) is not None
    ada = replace(person, email="ada@example.org")

    sign_in(office, ada, PHONE)
    assert told(office) == 0
    sign_in(office, ada, COMPUTER)
    assert told(office) == 1
