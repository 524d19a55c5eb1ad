"""The devices that members sign in with: the kind of each, and a letter about a new one.

No cookie outlives a session, so a device is recognized by its kind, and by either its passkey or the wider network it
came from. None of that leaves the account's sealed record.
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
    """The kind of a device, and its wider network, such as its provider's."""

    kind: DeviceKind
    network: str = field(repr=False)


#: For sessions without a browser: those of commands and of the demonstration's first hour.
NOWHERE = Device(DeviceKind.UNKNOWN, "")


def notify_if_new(work: Work, account: Account, device: Device, passkey: str | None) -> None:
    """Remember the device, and write to the member when it is a new one and not their first."""
    if device is NOWHERE:
        return
    known = accounts.read(work, account).devices
    if remember(work, account, device, passkey) not in known and known:
        outbox.write_now(work, LetterKind.NEW_DEVICE, [account])
        audit.record(work, "sign_in.new_device", f"account/{account.id}")


def remember(work: Work, account: Account, device: Device, passkey: str | None) -> bytes:
    """Remember the device as the last used; return its mark."""
    record = accounts.read(work, account)
    key = record.device_key or tokens.random_key()
    place = f"passkey {passkey}" if passkey else f"network {device.network}"
    mark = tokens.sub_key(key, f"device {device.kind} {place}")
    marks = (mark, *(other for other in record.devices if other != mark))[:_MOST]
    accounts.change(work, account, device_key=key, devices=marks)
    return mark
