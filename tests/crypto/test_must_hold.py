"""Holds the vault's promises as far as they are about bytes; the whole ones are held where rows are."""

from collections.abc import Callable
from itertools import permutations
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import contexts, hpke, locks, tokens, words
from app.crypto.contexts import Context
from app.crypto.hpke import PrivateKey
from app.crypto.secretkey import SecretKey
from app.crypto.tokens import Unreadable
from app.crypto.vault import Ring
from tests.crypto.every_place import FOR_TEXT, IDS

RING = Ring([Fernet.generate_key().decode()])
EPOCH, HOLDER = PrivateKey.generate(), PrivateKey.generate()
HERE, THERE = IDS


def test_swapped_texts_do_not_open() -> None:
    """Must hold 1: between any two rows, fields or positions."""
    key = tokens.random_key()
    sealed = {place: tokens.seal_text(key, place, place.path) for place in FOR_TEXT}

    for place, other in permutations(FOR_TEXT, 2):
        with pytest.raises(Unreadable):
            tokens.open_text(key, place, sealed[other])


@given(st.integers(1, 50), st.integers(1, 50))
def test_an_older_entry_does_not_open_as_a_newer_one(older: int, newer: int) -> None:
    """Must hold 1."""
    key = bytes(32)
    sealed = tokens.seal_text(key, contexts.wishes(HERE, older), "call")

    if older != newer:
        with pytest.raises(Unreadable):
            tokens.open_text(key, contexts.wishes(HERE, newer), sealed)


@pytest.mark.parametrize("kind", [contexts.answers_key, contexts.thread_key, contexts.number])
def test_a_key_sealed_for_one_request_or_epoch_opens_for_no_other(kind: Callable[[UUID, UUID], Context]) -> None:
    """Must hold 1."""
    sealed = hpke.seal(EPOCH.public, kind(HERE, THERE), b"x")

    for place in (kind(THERE, THERE), kind(HERE, HERE), kind(THERE, HERE)):
        with pytest.raises(Unreadable):
            hpke.open(EPOCH, place, sealed)


def test_the_answers_key_and_the_thread_key_of_one_request_cannot_change_places() -> None:
    """Must hold 1."""
    with pytest.raises(Unreadable):
        hpke.open(
            EPOCH, contexts.thread_key(HERE, THERE), hpke.seal(EPOCH.public, contexts.answers_key(HERE, THERE), b"x")
        )


def test_the_return_code_opens_the_thread_and_never_the_answers() -> None:
    """Must hold 2."""
    answers_key, thread_key = tokens.random_key(), tokens.random_key()
    back = contexts.thread_key_by_return_code(HERE)
    [keys] = SecretKey([bytes(32)]).return_keys(words.return_code("en"))
    kept = tokens.seal_bytes(keys.key, back, thread_key)
    answers = tokens.seal_text(answers_key, contexts.answers(HERE), "answers")
    wishes = tokens.seal_text(thread_key, contexts.wishes(HERE, 1), "wishes")

    reached = tokens.open_bytes(keys.key, back, kept)

    assert tokens.open_text(reached, contexts.wishes(HERE, 1), wishes) == "wishes"
    for key in (reached, keys.key, keys.lookup):
        with pytest.raises(Unreadable):
            tokens.open_text(key, contexts.answers(HERE), answers)


def test_the_lookup_hash_does_not_open_what_the_return_code_opens() -> None:
    """Must hold 3: the hash is in the database."""
    [keys] = SecretKey([bytes(32)]).return_keys(words.return_code("es"))
    back = contexts.thread_key_by_return_code(HERE)

    with pytest.raises(Unreadable):
        tokens.open_bytes(keys.lookup, back, tokens.seal_bytes(keys.key, back, b"x"))


def test_the_server_s_keys_open_no_grant_and_no_lock() -> None:
    """Must hold 3: the ring takes off its own layer, and what is below stays closed."""
    lock = RING.seal(contexts.lock(HERE, THERE), locks.lock(tokens.random_key(), contexts.lock(HERE, THERE), HOLDER))
    box = hpke.seal(HOLDER.public, contexts.grant_box(HERE, THERE), EPOCH.encoded)
    grant = RING.seal(contexts.grant(HERE, THERE), box)

    assert EPOCH.encoded not in RING.open(contexts.grant(HERE, THERE), grant)
    assert HOLDER.encoded not in RING.open(contexts.lock(HERE, THERE), lock)
    with pytest.raises(Unreadable):
        RING.open(contexts.lock(HERE, THERE), RING.open(contexts.lock(HERE, THERE), lock))
    with pytest.raises(Unreadable):
        hpke.open(PrivateKey.generate(), contexts.grant_box(HERE, THERE), box)


def test_a_grant_opens_for_a_colleague_who_was_away() -> None:
    """Must hold 4: only the public key is needed to grant."""
    box = hpke.seal(HOLDER.public, contexts.grant_box(HERE, THERE), EPOCH.encoded)

    assert PrivateKey.decode(hpke.open(HOLDER, contexts.grant_box(HERE, THERE), box)) == EPOCH


@pytest.mark.parametrize(
    ("place", "moved"),
    [
        pytest.param(contexts.totp(HERE), contexts.totp(THERE), id="an authenticator's secret"),
        pytest.param(contexts.account(HERE), contexts.account(THERE), id="an account"),
        pytest.param(contexts.lock(HERE, THERE), contexts.lock(THERE, THERE), id="a lock, to another holder"),
        pytest.param(contexts.lock(HERE, THERE), contexts.lock(HERE, HERE), id="a lock, to another lock"),
        pytest.param(contexts.grant(HERE, THERE), contexts.grant(HERE, HERE), id="a grant, to another holder"),
        pytest.param(contexts.grant(HERE, THERE), contexts.grant(THERE, THERE), id="a grant, to another epoch"),
        pytest.param(contexts.roll(1), contexts.roll(2), id="an old roll"),
        pytest.param(contexts.session_key(b"a"), contexts.session_key(b"b"), id="a session"),
    ],
)
def test_what_was_moved_to_another_row_does_not_open(place: Context, moved: Context) -> None:
    """Must hold 10 and 11."""
    sealed = RING.seal(place, b"x")

    assert RING.open(place, sealed) == b"x"
    with pytest.raises(Unreadable):
        RING.open(moved, sealed)


def test_a_lock_and_a_grant_stay_closed_below_the_ring_when_moved() -> None:
    """Must hold 11: even whoever holds the ring cannot move them."""
    key = tokens.random_key()
    lock = locks.lock(key, contexts.lock(HERE, THERE), HOLDER)
    box = hpke.seal(HOLDER.public, contexts.grant_box(HERE, THERE), EPOCH.encoded)

    with pytest.raises(Unreadable):
        locks.unlock(key, contexts.lock(THERE, THERE), lock)
    with pytest.raises(Unreadable):
        hpke.open(HOLDER, contexts.grant_box(THERE, THERE), box)
