"""Holds that a process has what its role needs, and that nothing of it shows."""

import base64

import pytest

from app.crypto.secretkey import SecretKey
from app.crypto.vault import AuditKey, EpochVerifier, NotHeld, Ring, Vault

SECRET, AUDIT_KEY = SecretKey([bytes(range(32))]), AuditKey(bytes(range(1, 33)))
RING = Ring([base64.urlsafe_b64encode(bytes(32)).decode()])
VERIFIER = EpochVerifier(AUDIT_KEY.verify_key)


def test_the_desk_holds_everything() -> None:
    vault = Vault(SECRET, VERIFIER, RING, AUDIT_KEY)

    assert (vault.secret, vault.verifier, vault.ring, vault.audit_key) == (SECRET, VERIFIER, RING, AUDIT_KEY)


def test_the_public_side_holds_no_ring_and_no_audit_key() -> None:
    vault = Vault(SECRET, VERIFIER, None, None)

    with pytest.raises(NotHeld, match="ring"):
        _ = vault.ring
    with pytest.raises(NotHeld, match="audit key"):
        _ = vault.audit_key


def test_the_vault_shows_nothing() -> None:
    """Must hold 7."""
    assert repr(Vault(SECRET, VERIFIER, RING, AUDIT_KEY)) == "<Vault>"
