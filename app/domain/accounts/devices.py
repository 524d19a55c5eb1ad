"""The devices people sign in with: a coarse word for each, and a letter about one not seen before.

No cookie outlives a session, so a device is recognized by what it always shows: its kind, and either the passkey it
answered with or the wider network it came from. None of it leaves the account's sealed record.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from app.crypto import tokens
from app.domain import audit
from app.domain.accounts import accounts
from app.domain.letters import outbox
from app.domain.work import Work
from app.models import Account, LetterKind

_MOST = 20


class DeviceKind(StrEnum):
    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Device:
    """What a browser shows of itself. The network is a wide one, such as its provider's."""

    kind: DeviceKind
    network: str = field(repr=False)


#: Where nobody sits before a browser: commands, and the demonstration's first hour.
NOWHERE = Device(DeviceKind.UNKNOWN, "")


def notify_if_new(work: Work, account: Account, device: Device, passkey: str | None) -> None:
    """Remember the device, and write to its person when it is a new one and not their first."""
    if device is NOWHERE:
        return
    known = accounts.read(work, account).devices
    if remember(work, account, device, passkey) not in known and known:
        outbox.write(work, LetterKind.NEW_DEVICE, [(account.id, work.now)])
        audit.record(work, "sign_in.new_device", f"account/{account.id}")


def remember(work: Work, account: Account, device: Device, passkey: str | None) -> str:
    """Remember the device as the last that was used; return the mark it is known by."""
    record = accounts.read(work, account)
    key = record.device_key or tokens.random_key().hex()
    place = f"passkey {passkey}" if passkey else f"network {device.network}"
    mark = tokens.sub_key(bytes.fromhex(key), f"device {device.kind} {place}").hex()
    kept = (mark, *(other for other in record.devices if other != mark))[:_MOST]
    accounts.change(work, account, device_key=key, devices=kept)
    return mark
