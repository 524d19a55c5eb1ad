"""Holds the second factor: right in its half minute and one beside it, and only once."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import totp
from app.crypto.totp import WrongCode

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 23, 15, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
HALF_MINUTE = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, shown: str) -> None:
    """Appendix B, SHA-1. It prints eight digits, of which six are the last six."""
    moment = datetime.fromtimestamp(seconds, UTC)

    assert totp.code(SECRET, moment) == shown[-6:]
    assert totp.check(SECRET, shown[-6:], moment, None) == seconds // 30


@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_a_code_is_right_now_and_one_step_beside(beside: int) -> None:
    """V-07."""
    assert totp.check(SECRET, totp.code(SECRET, NOW + beside * HALF_MINUTE), NOW, None) == STEP + beside


@pytest.mark.parametrize("beside", [-3, -2, 2, 3])
def test_a_code_is_wrong_two_steps_away(beside: int) -> None:
    with pytest.raises(WrongCode):
        totp.check(SECRET, totp.code(SECRET, NOW + beside * HALF_MINUTE), NOW, None)


def test_a_code_works_once() -> None:
    """V-07."""
    used = totp.check(SECRET, totp.code(SECRET, NOW), NOW, None)

    with pytest.raises(WrongCode):
        totp.check(SECRET, totp.code(SECRET, NOW), NOW, used)


@pytest.mark.parametrize("beside", [-1, 0])
def test_a_code_older_than_the_last_used_one_is_wrong(beside: int) -> None:
    with pytest.raises(WrongCode):
        totp.check(SECRET, totp.code(SECRET, NOW + beside * HALF_MINUTE), NOW, STEP)


def test_the_next_code_works_after_the_last_one() -> None:
    assert totp.check(SECRET, totp.code(SECRET, NOW + HALF_MINUTE), NOW, STEP) == STEP + 1


@given(st.text(max_size=12))
def test_anything_typed_is_the_code_or_wrong(typed: str) -> None:
    if typed not in [totp.code(SECRET, NOW + beside * HALF_MINUTE) for beside in (-1, 0, 1)]:
        with pytest.raises(WrongCode):
            totp.check(SECRET, typed, NOW, None)


@pytest.mark.parametrize("typed", ["", "１２３４５６", "\ud83d", "0" * 10**6, totp.code(SECRET, NOW) + "\n"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    with pytest.raises(WrongCode):
        totp.check(SECRET, typed, NOW, None)


def test_the_code_of_another_secret_is_wrong() -> None:
    with pytest.raises(WrongCode):
        totp.check(totp.new_secret(), totp.code(SECRET, NOW), NOW, STEP - 2)


def test_secrets_have_160_bits() -> None:
    assert len(totp.new_secret()) == 20
    assert totp.new_secret() != totp.new_secret()


def test_the_uri_says_what_an_authenticator_needs() -> None:
    address = urlsplit(totp.uri(SECRET, "grace@example.org", "Family & Friends"))

    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Family & Friends:grace@example.org"
    assert parse_qs(address.query) == {
        "digits": ["6"],
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "algorithm": ["SHA1"],
        "issuer": ["Family & Friends"],
        "period": ["30"],
    }
