"""Holds that a lock opens with its own secret, at its own place, and that a password is stretched once."""

import pytest

from app.crypto import contexts, locks, tokens
from app.crypto.hpke import PrivateKey
from app.crypto.locks import Stretched
from app.crypto.tokens import Unreadable
from tests.crypto.every_place import IDS

PRIVATE = PrivateKey.decode(b"\x01" + bytes(range(96)))
PLACE = contexts.lock(*IDS)
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def stretched() -> Stretched:
    """A password, stretched once for the whole file: it takes a sixth of a second and 64 MiB."""
    return locks.stretch("seven quiet boats on a lake", bytes(range(16)))


def test_a_password_is_stretched_by_argon2id_with_64_mib_and_three_passes(stretched: Stretched) -> None:
    """V-05. Computed apart, with argon2-cffi and HMAC; one other parameter would give other bytes."""
    assert stretched.verifier.hex() == "339efb30edcf68ef9367f508985d8d39adc44470fefb53b9932dd1ec4d93e4f0"
    assert stretched.key.hex() == "6274d805eb4dd05764bf795cb6d1b1a5035781af1bd40475e880cea295750302"


def test_only_the_same_password_matches(stretched: Stretched) -> None:
    locks.matches(stretched, stretched.verifier)

    for verifier in (b"", bytes(32), stretched.verifier[:-1], stretched.key):
        with pytest.raises(Unreadable, match=r"^password$"):
            locks.matches(stretched, verifier)


@pytest.mark.parametrize("odd", ["", "\ud83d", "\0"], ids=["empty", "half a surrogate pair", "a null"])
def test_anything_typed_can_be_stretched(odd: str, stretched: Stretched) -> None:
    assert locks.stretch(odd, bytes(range(16))).verifier != stretched.verifier


def test_salts_are_128_random_bits() -> None:
    """V-34."""
    assert len(locks.new_salt()) == 16
    assert locks.new_salt() != locks.new_salt()


def test_the_stored_half_is_not_the_key(stretched: Stretched) -> None:
    """Must hold 3."""
    with pytest.raises(Unreadable):
        locks.unlock(stretched.verifier, PLACE, locks.lock(stretched.key, PLACE, PRIVATE))


def test_a_lock_opens_with_its_key() -> None:
    assert locks.unlock(KEY, PLACE, locks.lock(KEY, PLACE, PRIVATE)) == PRIVATE


def test_a_lock_opens_with_no_other_key() -> None:
    with pytest.raises(Unreadable):
        locks.unlock(bytes(32), PLACE, locks.lock(KEY, PLACE, PRIVATE))


@pytest.mark.parametrize(
    "token",
    [None, b"", b"x", tokens.seal_bytes(KEY, PLACE, b"no private key")],
    ids=["none", "empty", "no token", "no key"],
)
def test_what_is_no_lock_is_unreadable(token: bytes | None) -> None:
    with pytest.raises(Unreadable):
        locks.unlock(KEY, PLACE, token)


def test_the_two_kinds_of_strong_secrets_never_share_a_key() -> None:
    recovery, passkey = locks.entropy_key(KEY, "recovery"), locks.entropy_key(KEY, "passkey")

    assert len({KEY, recovery, passkey}) == 3
    assert recovery == tokens.sub_key(KEY, "recovery-lock")
    assert passkey == tokens.sub_key(KEY, "passkey-lock")


def test_nothing_shows_in_a_repr(stretched: Stretched) -> None:
    """Must hold 7."""
    assert "verifier" not in repr(stretched)
    assert repr(stretched.key)[2:12] not in repr(stretched)
