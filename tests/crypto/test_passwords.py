"""Holds which passwords are refused, and that people who think of their own are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import locks, words
from app.crypto.locks import Weakness, WeakPassword
from app.crypto.words import LANGUAGES

PRACTICE = ("Family", "Strategies", "of", "Señal")


def reason(password: str) -> Weakness | None:
    try:
        locks.check_password(password, practice_words=PRACTICE)
    except WeakPassword as weak:
        return weak.weakness
    return None


@pytest.mark.parametrize(
    "password",
    [
        "seven quiet boats on a lake",
        "correct horse battery staple",
        "mi gato duerme en el sofá",
        "kX9#mQ2$vL7@pR4",
        "ünïcödé is quite all right",
        "猫は静かな湖の船で寝ている夜です",
        "my cat sleeps  ",
        "x7 " * 2 + "gh qw92 lm bt 83 vz" * 6,
    ],
)
def test_a_password_of_ones_own_is_taken_as_it_is(password: str) -> None:
    """V-02."""
    assert reason(password) is None


@pytest.mark.parametrize("password", ["", "x", "kX9#mQ2$vL7@pR", "señal"])
def test_fewer_than_fifteen_characters_are_too_few(password: str) -> None:
    assert reason(password) == Weakness.SHORT


def test_128_characters_are_enough_and_one_more_is_too_long() -> None:
    longest = (
        "my cat sleeps on the sofa, and ours wakes; 9 moons rise over quiet water; who sees it? nobody; " + "kzt" * 11
    )

    assert len(longest) == 128
    assert reason(longest) is None
    assert reason(longest + "x") == Weakness.LONG
    assert reason("x" * 10**6) == Weakness.LONG


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("1qaz2wsx3edc4rfv", id="on the list"),
        pytest.param("1QAZ2wsx3EDC4rfv", id="on the list in capitals"),
        pytest.param("Password12345678!", id="a common one with digits"),
        pytest.param("P@ssw0rd12345678", id="a common one in disguise"),
        pytest.param("ContraseñaContraseña", id="a Spanish one twice"),
        pytest.param("contraseña12345", id="a Spanish one with digits"),
        pytest.param("letmein letmein letmein", id="one again and again"),
        pytest.param("let-me-in.let_me_in", id="one behind separators"),
        pytest.param("monkey dragon football", id="three common ones"),
        pytest.param("abcabcabcabcabcab", id="a repeated piece"),
        pytest.param("x7gkqx7gkqx7gkq", id="another repeated piece"),
        pytest.param("aaaaaaaaaaaaaaaaab", id="a run"),
        pytest.param("aabbccddeeffgghhii", id="doubled letters"),
        pytest.param("111222333444555", id="tripled digits"),
        pytest.param("qwertyuiopasdfghjkl", id="a walk on the keyboard"),
        pytest.param("poiuytrewqlkjhgf", id="a walk backwards"),
        pytest.param("zaq12wsxcde34rfv", id="a walk in columns"),
        pytest.param("!@#$%^&*()!@#$%^", id="a walk with shift"),
        pytest.param("abcdefghijklmnopq", id="the alphabet"),
        pytest.param("zyxwvutsrqponmlk", id="the alphabet backwards"),
        pytest.param("123456789012345", id="digits in order"),
        pytest.param("098765432109876", id="digits backwards"),
        pytest.param("xoxoxxooxoxoxxoo", id="two letters"),
        pytest.param(" " * 20, id="nothing but spaces"),
        pytest.param("´" * 20, id="nothing but accents"),
    ],
)
def test_what_a_guesser_tries_first_is_common(password: str) -> None:
    """V-02."""
    assert reason(password) == Weakness.COMMON


@pytest.mark.parametrize(
    "password",
    [
        "family boats on a lake",
        "our STRATEGIES for the night",
        "fami-ly boats on a lake",
        "una senal en la noche de mayo",
    ],
)
def test_the_name_of_the_practice_has_no_place_in_it(password: str) -> None:
    """V-02."""
    assert reason(password) == Weakness.PRACTICE


def test_a_short_word_of_the_name_may_be_in_it() -> None:
    assert reason("a lake of seven quiet boats") is None


@given(st.text(st.characters(), max_size=140))
def test_any_text_is_good_or_has_a_reason(password: str) -> None:
    assert reason(password) in {None, *Weakness}


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789#", min_size=1, max_size=6), st.integers(3, 20))
def test_a_piece_of_six_is_never_enough_however_often_it_is_said(piece: str, times: int) -> None:
    assert reason(piece * times) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_passphrases_we_offer_are_good_enough_for_ourselves(language: str) -> None:
    for _ in range(50):
        locks.check_password(words.passphrase(language), practice_words=())


def test_why_a_password_is_weak_never_repeats_the_password() -> None:
    """Must hold 7."""
    with pytest.raises(WeakPassword) as refused:
        locks.check_password("marker" * 3, practice_words=())

    assert str(refused.value) == refused.value.weakness == Weakness.COMMON
