"""Holds that the ring opens with any of its keys, only in place, and takes nothing but Fernet keys."""

import base64
import traceback

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import contexts
from app.crypto.tokens import Unreadable
from app.crypto.vault import Ring
from tests.crypto.every_place import IDS

OLD, NEW = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (251, 253))
PLACE, OTHER = (contexts.account(account) for account in IDS)


def test_the_newest_key_seals_and_every_key_opens() -> None:
    """V-33."""
    before, after = Ring([OLD]).seal(PLACE, b"before"), Ring([NEW, OLD]).seal(PLACE, b"after")

    assert Ring([NEW, OLD]).open(PLACE, before) == b"before"
    assert Ring([NEW]).open(PLACE, after) == b"after"
    with pytest.raises(Unreadable):
        Ring([OLD]).open(PLACE, after)


def test_a_removed_key_opens_nothing_anymore() -> None:
    with pytest.raises(Unreadable):
        Ring([NEW]).open(PLACE, Ring([OLD]).seal(PLACE, b"x"))


def test_a_token_opens_only_in_place() -> None:
    """V-31."""
    with pytest.raises(Unreadable):
        Ring([NEW]).open(OTHER, Ring([NEW]).seal(PLACE, b"x"))


@pytest.mark.parametrize("key", [OLD, NEW])
def test_the_ring_never_uses_a_key_bare(key: str) -> None:
    with pytest.raises(Unreadable):
        Ring([key]).open(PLACE, Fernet(key).encrypt_at_time(b"x", 0))


def test_no_token_carries_a_time() -> None:
    """Must hold 5."""
    sealed = base64.urlsafe_b64decode(Ring([NEW]).seal(PLACE, b"x"))

    assert int.from_bytes(sealed[1:9], "big") == 0


@pytest.mark.parametrize("token", [None, b"", b"x", "ñ".encode(), b"A" * 10**6], ids=lambda token: repr(token)[:9])
def test_what_is_no_token_is_unreadable(token: bytes | None) -> None:
    with pytest.raises(Unreadable):
        Ring([NEW, OLD]).open(PLACE, token)


def test_ids_name_keys_without_telling_them() -> None:
    key = base64.urlsafe_b64encode(bytes(range(32))).decode()

    assert Ring([key]).newest == "630dcd29"
    assert Ring([NEW, key]).ids == (Ring([NEW]).newest, "630dcd29")


MALFORMED = {
    "an empty one": "",
    "no base64": "!" * 44,
    "not ASCII": "ñ" * 44,
    "31 bytes": base64.urlsafe_b64encode(bytes(31)).decode(),
    "33 bytes": base64.urlsafe_b64encode(bytes(33)).decode(),
    "without padding": NEW.rstrip("="),
    "with a line break": NEW + "\n",
    "spelled another way": NEW[:-2] + chr(ord(NEW[-2]) + 1) + "=",
    "half a surrogate pair": "\ud83d" * 44,
}


@pytest.mark.parametrize("key", MALFORMED.values(), ids=MALFORMED)
def test_a_key_that_is_none_is_refused_in_one_sentence(key: str) -> None:
    """Must hold 8."""
    with pytest.raises(ValueError, match=r"^the ring holds a key that is no Fernet key$"):
        Ring([NEW, key])


@pytest.mark.parametrize(("keys", "said"), [([], "no key"), ([NEW, OLD, NEW], "the same key twice")])
def test_a_ring_needs_keys_and_no_key_twice(keys: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=f"^the ring holds {said}$"):
        Ring(keys)


@given(st.text(max_size=60))
def test_neither_repr_nor_error_tells_a_key(rest: str) -> None:
    """Must hold 7."""
    marker = "§§"
    with pytest.raises(ValueError, match="the ring holds") as refused:
        Ring([marker + rest])

    assert marker not in "".join(traceback.format_exception(refused.value))
    assert repr(Ring([NEW, OLD])) == "<Ring of 2>"
