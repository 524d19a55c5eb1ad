"""Holds what comes from SECRET_KEY: tickets, confirmation addresses, origin tags, return codes."""

import base64
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import words
from app.crypto.secretkey import ReturnKeys, SecretKey, Stale
from app.crypto.tokens import Unreadable
from app.crypto.words import ReturnCode

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
SECRET, ROTATED = SecretKey([OLD]), SecretKey([NEW, OLD])
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
CODE = ReturnCode("es", ("ábaco", "abdomen", "abeja", "abierto", "abono", "abrir", "abuelo"))


@given(st.dictionaries(st.text(max_size=9), st.text(st.characters(), max_size=9) | st.integers() | st.none()))
def test_a_ticket_brings_back_what_it_carries(value: dict[str, object]) -> None:
    ticket = SECRET.issue_ticket("intake/en", value, NOW)

    assert SECRET.read_ticket("intake/en", ticket, NOW, DAY) == value


def test_a_ticket_hides_what_it_carries() -> None:
    ticket = SECRET.issue_ticket("intake/en", "marker", NOW)

    assert b"marker" not in base64.urlsafe_b64decode(ticket)


@pytest.mark.parametrize("age", [timedelta(), DAY, timedelta(seconds=-60)])
def test_a_ticket_is_good_for_its_time_and_a_minute_of_wrong_clocks(age: timedelta) -> None:
    """V-36."""
    assert SECRET.read_ticket("f", SECRET.issue_ticket("f", 1, NOW - age), NOW, DAY) == 1


@pytest.mark.parametrize("age", [DAY + timedelta(seconds=1), timedelta(days=9), timedelta(seconds=-61), -DAY])
def test_a_ticket_too_old_or_from_the_future_is_stale(age: timedelta) -> None:
    """V-36."""
    with pytest.raises(Stale):
        SECRET.read_ticket("f", SECRET.issue_ticket("f", 1, NOW - age), NOW, DAY)


def test_a_ticket_is_for_one_form() -> None:
    """V-36."""
    with pytest.raises(Stale):
        SECRET.read_ticket("intake/es", SECRET.issue_ticket("intake/en", 1, NOW), NOW, DAY)


@given(st.data())
def test_an_altered_ticket_is_stale(data: st.DataObject) -> None:
    """V-36."""
    ticket = SECRET.issue_ticket("f", 1, NOW)
    at = data.draw(st.integers(0, len(ticket) - 1))
    letter = data.draw(st.characters().filter(lambda letter: letter != ticket[at]))

    with pytest.raises(Stale):
        SECRET.read_ticket("f", ticket[:at] + letter + ticket[at + 1 :], NOW, DAY)


@pytest.mark.parametrize("ticket", ["", "x", "ñ" * 9, "\ud83d", "A" * 10**6], ids=["empty", "x", "ñ", "half", "huge"])
def test_what_is_no_ticket_is_stale(ticket: str) -> None:
    with pytest.raises(Stale):
        SECRET.read_ticket("f", ticket, NOW, DAY)


def test_tickets_outlive_a_rotation_until_their_key_is_removed() -> None:
    ticket = SECRET.issue_ticket("f", 1, NOW)

    assert ROTATED.read_ticket("f", ticket, NOW, DAY) == 1
    with pytest.raises(Stale):
        SecretKey([NEW]).read_ticket("f", ticket, NOW, DAY)


def test_the_same_answers_on_one_form_have_one_confirmation() -> None:
    """S-14. The second value was computed apart."""
    assert SECRET.done_token(b"n" * 16, b"d" * 32) == SECRET.done_token(b"n" * 16, b"d" * 32)
    assert SECRET.done_token(b"n" * 16, b"d" * 32) == "eX9Ii5DIVwMVcKRJyvzB2w"


def test_other_answers_or_another_form_have_another_confirmation() -> None:
    made = {SECRET.done_token(nonce, digest) for nonce in (b"n", b"m") for digest in (b"d", b"e")}

    assert len(made) == 4
    assert SECRET.done_token(b"ab", b"c") != SECRET.done_token(b"a", b"bc")
    assert SECRET.done_token(b"n", b"d") != SecretKey([NEW]).done_token(b"n", b"d")


def test_a_blinded_text_depends_on_key_and_purpose() -> None:
    made = {key.blind(purpose, text) for key in (SECRET, ROTATED) for purpose in "ab" for text in ("x", "\ud83d")}

    assert len(made) == 8
    assert {len(hashed) for hashed in made} == {32}


def test_an_origin_tag_outlives_a_rotation_until_its_key_is_removed() -> None:
    tag = SECRET.tag_origin([b"a", b"bc"])

    SECRET.check_origin([b"a", b"bc"], tag)
    ROTATED.check_origin([b"a", b"bc"], tag)
    with pytest.raises(Unreadable):
        SecretKey([NEW]).check_origin([b"a", b"bc"], tag)


@given(st.lists(st.binary(max_size=4), max_size=4))
def test_an_origin_tag_covers_each_fact_by_itself(facts: list[bytes]) -> None:
    """Must hold 1: a record that somebody forged carries no tag of ours."""
    tag = SECRET.tag_origin([b"a", b"bc"])

    if facts != [b"a", b"bc"]:
        with pytest.raises(Unreadable):
            SECRET.check_origin(facts, tag)
    with pytest.raises(Unreadable):
        SECRET.check_origin([b"ab", b"c"], tag)


@pytest.mark.parametrize("tag", [None, b"", bytes(32), SECRET.tag_origin([])[:-1], bytes(10**6)])
def test_what_is_no_tag_is_refused(tag: bytes | None) -> None:
    with pytest.raises(Unreadable, match=r"^origin$"):
        SECRET.check_origin([], tag)


def test_return_keys_are_hkdf_of_the_code_salted_by_our_key() -> None:
    """Computed apart with HMAC alone."""
    [keys] = SECRET.return_keys(CODE)

    assert keys.lookup.hex() == "eb34895b9de6dee143a75bd84e07de17cdce59c3e00d347a75e3a35d62371bc1"
    assert keys.key.hex() == "6c068e5e2914facd73d74779e97009a84833a8687007aaca2cbe81902c3e1c3f"


def test_a_return_code_is_looked_up_under_each_key_newest_first() -> None:
    assert ROTATED.return_keys(CODE) == SecretKey([NEW]).return_keys(CODE) + SECRET.return_keys(CODE)


def test_two_codes_and_two_keys_share_nothing() -> None:
    every = [keys for code in (CODE, words.return_code("en")) for keys in ROTATED.return_keys(code)]

    assert len({value for keys in every for value in (keys.lookup, keys.key)}) == 8


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([], "there is no secret key"),
        ([b""], "a secret key is shorter than 32 bytes"),
        ([NEW, b"marker"], "a secret key is shorter than 32 bytes"),
        ([NEW, OLD, NEW], "the same secret key is there twice"),
    ],
)
def test_a_list_without_good_keys_is_refused_in_one_sentence(keys: list[bytes], said: str) -> None:
    """Must hold 8."""
    with pytest.raises(ValueError, match=f"^{said}$") as refused:
        SecretKey(keys)

    assert "marker" not in "".join(traceback.format_exception(refused.value))


def test_no_key_shows_in_a_repr() -> None:
    """Must hold 7."""
    assert repr(ROTATED) == "<SecretKey of 2>"
    assert "marker" not in repr(ReturnKeys(b"marker", b"marker"))
