"""Holds that codes are random, are read however they are typed, and that a mistyped one is noticed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import codes
from app.crypto.codes import BadCode

RECOVERY = codes.recovery_code()


def test_references_look_like_k7qf_3mdx() -> None:
    for _ in range(100):
        assert re.fullmatch(r"[0-9B-DF-HJKMNP-TV-Z]{4}-[0-9B-DF-HJKMNP-TV-Z]{4}", codes.reference())


@pytest.mark.parametrize(
    "typed", ["K7QF-3MDX", "k7qf3mdx", " k7qf 3mdx ", "K7QF–3MDX", "k-7-q-f-3-m-d-x", "K7QF\u00a03MDX", "k7qf\n3mdx"]
)
def test_a_reference_is_read_however_it_is_typed(typed: str) -> None:
    assert codes.parse_reference(typed) == "K7QF-3MDX"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert codes.parse_reference("oil0-0000") == "0110-0000"


@pytest.mark.parametrize(
    "typed", ["", "K7QF-3MD", "K7QF-3MDXX", "K7QF-3MDU", "K7QF-3MD\u0660", "ßß-3MDX", "\ud83d" * 8, "0" * 10**6]
)
def test_what_is_no_reference_is_a_bad_code(typed: str) -> None:
    with pytest.raises(BadCode):
        codes.parse_reference(typed)


@given(st.text(max_size=12))
def test_any_text_is_a_reference_or_a_bad_code(typed: str) -> None:
    try:
        found = codes.parse_reference(typed)
    except BadCode:
        return
    assert codes.parse_reference(found) == found


def test_link_tokens_have_256_bits() -> None:
    """V-15, V-34."""
    made = {codes.link_token() for _ in range(100)}

    assert len(made) == 100
    assert {len(token) for token in made} == {43}


@given(st.text(st.characters(), max_size=50), st.text(st.characters(), max_size=50))
def test_two_tokens_have_one_hash_only_when_they_are_one(one: str, other: str) -> None:
    assert (codes.hash_token(one) == codes.hash_token(other)) == (one == other)
    assert len(codes.hash_token(one)) == 32


def test_recovery_codes_carry_128_random_bits() -> None:
    """V-34."""
    made = {codes.parse_recovery_code(codes.recovery_code()) for _ in range(100)}

    assert len(made) == 100
    assert {len(secret) for secret in made} == {16}


@pytest.mark.parametrize(
    "typed",
    [
        RECOVERY.lower(),
        RECOVERY.replace("-", " "),
        RECOVERY.replace("-", ""),
        RECOVERY.replace("-", "\u2014\n"),
        RECOVERY.replace("0", "O").replace("1", "l"),
        RECOVERY.replace("0", "o").replace("1", "I"),
    ],
    ids=["small", "spaces", "in one", "dashes and lines", "O and l", "o and I"],
)
def test_a_recovery_code_is_read_however_it_is_typed(typed: str) -> None:
    assert codes.parse_recovery_code(typed) == codes.parse_recovery_code(RECOVERY)


def test_a_recovery_code_printed_long_ago_is_read_forever() -> None:
    assert codes.parse_recovery_code("000G-40R4-0M30-E209-185G-R38E-1YHD-XRSA") == bytes(range(16))


@given(st.integers(0, 31), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_symbol_is_noticed(at: int, symbol: str) -> None:
    right = RECOVERY.replace("-", "")
    typed = right[:at] + symbol + right[at + 1 :]

    if typed != right:
        with pytest.raises(BadCode):
            codes.parse_recovery_code(typed)


@given(st.integers(0, 30))
def test_two_swapped_symbols_are_noticed(at: int) -> None:
    right = RECOVERY.replace("-", "")
    typed = right[:at] + right[at + 1] + right[at] + right[at + 2 :]

    if typed != right:
        with pytest.raises(BadCode):
            codes.parse_recovery_code(typed)


@pytest.mark.parametrize(
    "typed",
    ["", RECOVERY[:-1], RECOVERY + "0", "U" * 32, "ñ" * 32, "\u0660" * 32, "\ud83d" * 32, "0" * 10**6],
    ids=["nothing", "too short", "too long", "no symbol", "accents", "other digits", "half a character", "a flood"],
)
def test_what_is_no_recovery_code_is_a_bad_code(typed: str) -> None:
    with pytest.raises(BadCode) as refused:
        codes.parse_recovery_code(typed)

    assert str(refused.value) == ""


def test_backup_codes_have_60_bits_each() -> None:
    """V-08, V-34."""
    made = codes.backup_codes()

    assert len(set(made)) == 10
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code) for code in made)
    assert len(codes.backup_codes(3)) == 3


def test_a_backup_code_is_hashed_alike_however_it_is_typed() -> None:
    assert {codes.symbols_of(typed) for typed in ("4Q7K-90ZB-M2XD", "4q7k 9ozb m2xd", "4Q7K90ZBM2XD")} == {
        "4Q7K90ZBM2XD"
    }


def test_nothing_after_a_backup_code_is_cut_off() -> None:
    assert codes.symbols_of("4Q7K-90ZB-M2XD" + " " * 40 + "X") == "4Q7K90ZBM2XDX"
