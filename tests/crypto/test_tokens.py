"""Holds what a token promises: one place, one length, no time, one spelling."""

import base64
import traceback
from itertools import permutations

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import contexts, tokens
from app.crypto.contexts import Context
from app.crypto.tokens import Unreadable
from tests.crypto.every_place import ALL, FOR_BYTES, FOR_TEXT, IDS

KEY = bytes(range(32))
TEXT, BYTES = contexts.answers(IDS[0]), contexts.session_key(b"x")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(json_values)
def test_text_comes_back_as_it_went_in(value: object) -> None:
    assert tokens.open_text(KEY, TEXT, tokens.seal_text(KEY, TEXT, value)) == value


@given(st.binary(max_size=200))
def test_bytes_come_back_as_they_went_in(data: bytes) -> None:
    assert tokens.open_bytes(KEY, BYTES, tokens.seal_bytes(KEY, BYTES, data)) == data


def test_half_a_surrogate_pair_is_kept_as_it_came() -> None:
    assert tokens.open_text(KEY, TEXT, tokens.seal_text(KEY, TEXT, "a\ud83d")) == "a\ud83d"


def test_a_token_opens_at_no_other_place() -> None:
    """V-31: every pair of places, whatever their kind."""
    sealed = {place: tokens.fernet(KEY, place).encrypt_at_time(b"x", 0) for place in ALL}

    for made, other in permutations(ALL, 2):
        with pytest.raises(Unreadable):
            tokens.open_with(tokens.fernet(KEY, other), other, sealed[made])


@pytest.mark.parametrize("place", FOR_TEXT, ids=lambda place: place.path)
def test_a_token_of_text_has_one_length_from_nothing_to_the_brim(place: Context) -> None:
    assert place.size is not None
    brim = "x" * (place.size - 4 - 2)

    assert len(tokens.seal_text(KEY, place, "")) == len(tokens.seal_text(KEY, place, brim))
    with pytest.raises(tokens.TooLong):
        tokens.seal_text(KEY, place, brim + "x")


@pytest.mark.parametrize(
    "place", [contexts.answers(IDS[0]), contexts.log_entry("note", IDS[0], 1)], ids=lambda place: place.path
)
def test_a_short_note_and_four_hundred_spanish_letters_have_one_length(place: Context) -> None:
    """Must hold 5."""
    short, long = tokens.seal_text(KEY, place, "no"), tokens.seal_text(KEY, place, "ñandú ó“—" * 44 + "ñaño")

    assert len(short) == len(long)


@pytest.mark.parametrize(
    "sealed", [tokens.seal_text(KEY, TEXT, "x"), tokens.seal_bytes(KEY, BYTES, b"x")], ids=["text", "bytes"]
)
def test_no_token_carries_a_time(sealed: bytes) -> None:
    """Must hold 5."""
    assert int.from_bytes(base64.urlsafe_b64decode(sealed)[1:9], "big") == 0


def test_the_same_text_never_makes_the_same_token() -> None:
    """V-32."""
    made = {tokens.seal_text(KEY, TEXT, "x") for _ in range(100)}

    assert len({base64.urlsafe_b64decode(token)[9:25] for token in made}) == 100


@given(st.data())
def test_no_altered_byte_goes_unnoticed(data: st.DataObject) -> None:
    sealed = tokens.seal_bytes(KEY, BYTES, b"x")
    at = data.draw(st.integers(0, len(sealed) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != sealed[at]))

    with pytest.raises(Unreadable):
        tokens.open_bytes(KEY, BYTES, sealed[:at] + bytes([byte]) + sealed[at + 1 :])


@given(st.data())
def test_no_added_byte_goes_unnoticed(data: st.DataObject) -> None:
    sealed = tokens.seal_bytes(KEY, BYTES, b"x")
    at = data.draw(st.integers(0, len(sealed)))
    added = data.draw(st.binary(min_size=1, max_size=4))

    with pytest.raises(Unreadable):
        tokens.open_bytes(KEY, BYTES, sealed[:at] + added + sealed[at:])


UNREADABLE: list[bytes | None] = [
    None,
    b"",
    b"x",
    b"=",
    "año".encode(),
    b"\xff" * 99,
    b"A" * 100,
    b"gA==",
    b"A" * 10**6,
]


@pytest.mark.parametrize("token", UNREADABLE, ids=lambda token: repr(token)[:12])
def test_what_is_no_token_is_unreadable(token: bytes | None) -> None:
    with pytest.raises(Unreadable):
        tokens.open_bytes(KEY, BYTES, token)
    with pytest.raises(Unreadable):
        tokens.open_text(KEY, TEXT, token)


def padded(text: bytes, *, length: int | None = None, size: int = 4096, fill: bytes = b"\0") -> bytes:
    said = len(text) if length is None else length
    return (said.to_bytes(4, "big") + text).ljust(size, fill)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(padded(b'"x"', size=4095), id="too short"),
        pytest.param(padded(b'"x"', size=4097), id="too long"),
        pytest.param(padded(b'"x"', length=2**32 - 1), id="a length past the end"),
        pytest.param(padded(b'"x"', fill=b"\1"), id="something in the padding"),
        pytest.param(padded(b""), id="no text"),
        pytest.param(padded(b"secret words"), id="no JSON"),
        pytest.param(padded(b'"\xff"'), id="no UTF-8"),
    ],
)
def test_what_is_not_framed_text_is_unreadable_and_stays_unsaid(content: bytes) -> None:
    token = tokens.fernet(KEY, TEXT).encrypt_at_time(content, 0)

    with pytest.raises(Unreadable) as refused:
        tokens.open_text(KEY, TEXT, token)

    assert "secret" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("place", FOR_TEXT, ids=lambda place: place.path)
def test_bytes_have_no_way_into_a_place_of_text(place: Context) -> None:
    with pytest.raises(ValueError, match="this context keeps text"):
        tokens.seal_bytes(KEY, place, b"x")


@pytest.mark.parametrize("place", FOR_BYTES, ids=lambda place: place.path)
def test_text_has_no_way_into_a_place_of_bytes(place: Context) -> None:
    with pytest.raises(ValueError, match="this context keeps bytes"):
        tokens.seal_text(KEY, place, "x")
    with pytest.raises(ValueError, match="this context keeps bytes"):
        tokens.open_text(KEY, place, b"x")


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        tokens.seal_text(KEY, TEXT, float("nan"))


def test_an_error_names_the_place_and_nothing_else() -> None:
    """Must hold 7."""
    written = "marker"
    with pytest.raises(tokens.TooLong) as too_long:
        tokens.seal_text(KEY, TEXT, written * 1000)
    with pytest.raises(Unreadable) as unreadable:
        tokens.open_text(KEY, TEXT, written.encode())

    assert str(too_long.value) == str(unreadable.value) == unreadable.value.context.path == TEXT.path
    assert "marker" not in "".join(traceback.format_exception(unreadable.value))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        tokens.open_bytes(tokens.random_key(), BYTES, tokens.seal_bytes(KEY, BYTES, b"x"))


def test_random_keys_are_256_bits_and_never_the_same() -> None:
    """V-34."""
    keys = {tokens.random_key() for _ in range(100)}

    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}


def test_sub_keys_are_hkdf_of_rfc_5869() -> None:
    """Computed apart with HMAC alone: extract with 32 zeros, expand once."""
    assert tokens.sub_key(KEY, "origin").hex() == "ef5c45562f5a42cc52e40c1ba799b27a3c94b1045e2c9195129b8cdb2eef6b33"


@given(st.text(max_size=20), st.text(max_size=20))
def test_each_purpose_and_each_salt_has_a_key_of_its_own(one: str, other: str) -> None:
    salted = tokens.sub_key(KEY, one, salt=b"salt")

    assert salted != tokens.sub_key(KEY, one)
    assert (tokens.sub_key(KEY, one) == tokens.sub_key(KEY, other)) == (one == other)


@given(st.lists(st.binary(max_size=6), max_size=5), st.lists(st.binary(max_size=6), max_size=5))
def test_two_lists_are_framed_alike_only_when_they_are_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (tokens.framed(one) == tokens.framed(other)) == (one == other)


def test_framing_keeps_parts_apart() -> None:
    assert tokens.framed([b"ab", b"c"]) != tokens.framed([b"a", b"bc"])


STORED = b"gAAAAAAAAAAA5ONfwAV5Jciv_gdYiT4Qo9henXQPmJ90j2uG27-4slgnowhDS6LhctO7gEv1Ry8PAmnuB0Qfiv4Oe4ninkZOlw=="


def test_a_token_made_long_ago_opens_forever() -> None:
    """The token was made under this key when the format was settled; it is never to be made again."""
    assert tokens.open_bytes(KEY, BYTES, STORED) == b"d"
    assert Fernet(base64.urlsafe_b64encode(tokens.sub_key(KEY, BYTES.path))).decrypt(STORED) == b"d"
