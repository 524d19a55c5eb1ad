"""What a browser shows of itself, kept coarse: a word for the device, and the wide network it came from."""

import re

from flask import request
from flask_babel import gettext

from app.domain.accounts.accounts import Device, DeviceKind
from app.web import limits

# About one provider's customers of a region: a phone or a home changes its address within it.
_IPV4_BITS, _IPV6_BITS = 16, 32
_KINDS = (
    (DeviceKind.TABLET, re.compile(r"iPad|Tablet|Android(?!.*Mobile)")),
    (DeviceKind.PHONE, re.compile(r"Mobile|iPhone")),
    (DeviceKind.COMPUTER, re.compile(r"Windows|Macintosh|Linux|CrOS|X11")),
)


def device() -> Device:
    """Return the device that asks. Nothing finer is looked at, and nothing of it is logged."""
    shown = request.headers.get("User-Agent", "")[:500]
    kind = next((kind for kind, sign in _KINDS if sign.search(shown)), DeviceKind.UNKNOWN)
    return Device(kind, limits.around(request.remote_addr, ipv4=_IPV4_BITS, ipv6=_IPV6_BITS))


def word(kind: DeviceKind) -> str:
    return {
        DeviceKind.PHONE: gettext("Phone"),
        DeviceKind.TABLET: gettext("Tablet"),
        DeviceKind.COMPUTER: gettext("Computer"),
        DeviceKind.UNKNOWN: gettext("Device"),
    }[kind]
