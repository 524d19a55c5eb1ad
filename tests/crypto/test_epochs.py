"""Holds that an epoch is taken only under our signature, in every part."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.crypto.tokens import Unreadable
from app.crypto.vault import AuditKey, EpochFacts, EpochVerifier
from tests.crypto.every_place import IDS

SIGNER = AuditKey(bytes(range(32)))
VERIFIER = EpochVerifier(SIGNER.verify_key)
EPOCH = EpochFacts(IDS[1], 3, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), b"pub", "live")
SIGNATURE = SIGNER.sign(EPOCH)


def test_our_signature_is_accepted() -> None:
    VERIFIER.verify(EPOCH, SIGNATURE)


def test_a_signature_made_long_ago_is_accepted_forever() -> None:
    """Ed25519 is deterministic: another signature would mean that what is signed has changed."""
    assert SIGNER.verify_key.hex() == "7a4d5b74e210582f73379a9b6080ec15b7a60dbd9e5bac5089e130cf0f500c57"
    assert SIGNATURE.hex() == (
        "dfba2b7b0df4bdb8ed3d1fec518e746a8a3f38e805819021c691ef2de9e05de1"
        "9b0d23b55d7e2072f9ba11aa049c36909bf181a10f75a90bc114c74e4eadd503"
    )


CHANGES: dict[str, dict[str, Any]] = {
    "another id": {"id": IDS[0]},
    "a higher number": {"number": 4},
    "a later start": {"starts_at": EPOCH.starts_at + timedelta(microseconds=1)},
    "another key": {"public_key": b"puc"},
    "another state": {"state": "retired"},
    "a letter moved between fields": {"public_key": b"publ", "state": "ive"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_epoch_is_refused_and_named(change: dict[str, Any]) -> None:
    """Must hold 10."""
    changed = replace(EPOCH, **change)

    with pytest.raises(Unreadable, match=f"^epoch/{changed.id}$"):
        VERIFIER.verify(changed, SIGNATURE)


@pytest.mark.parametrize("signature", [b"", b"x", bytes(64), SIGNATURE[:-1], SIGNATURE + b"x", bytes(10**6)])
def test_what_is_not_our_signature_is_refused(signature: bytes) -> None:
    with pytest.raises(Unreadable):
        VERIFIER.verify(EPOCH, signature)


def test_the_signature_of_another_audit_key_is_refused() -> None:
    with pytest.raises(Unreadable):
        VERIFIER.verify(EPOCH, AuditKey(bytes(32)).sign(EPOCH))


def test_one_moment_told_in_two_zones_is_one_epoch() -> None:
    phoenix = EPOCH.starts_at.astimezone(timezone(timedelta(hours=-7)))

    VERIFIER.verify(replace(EPOCH, starts_at=phoenix), SIGNATURE)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SIGNER.sign(replace(EPOCH, starts_at=EPOCH.starts_at.replace(tzinfo=None)))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_verify_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        EpochVerifier(bytes(length))
