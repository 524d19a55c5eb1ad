"""Passkeys as bytes: what is accepted of an authenticator, and each way to be refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import locks, passkeys
from app.crypto.passkeys import Copied, NewPasskey, Rejected, Site
from app.crypto.tokens import Unreadable
from tests.support.authenticator import Authenticator

SITE = Site("localhost", "http://localhost")
ASKED = "a challenge"
USER = bytes(range(16))


def made(authenticator: Authenticator, response: str | None = None) -> NewPasskey:
    return passkeys.check_registration(response or authenticator.make(ASKED, USER), SITE, ASKED.encode())


def check(
    authenticator: Authenticator, known: NewPasskey, response: str | None = None, count: int | None = None
) -> int:
    return passkeys.check_assertion(
        response or authenticator.use(ASKED),
        SITE,
        ASKED.encode(),
        public_key=known.public_key,
        count=known.count if count is None else count,
    )


def test_a_new_passkey_is_known_by_its_id_and_key() -> None:
    device = Authenticator()

    known = made(device)

    assert (known.credential, known.count) == (device.credential, 1)
    assert check(device, known) == 2


def test_an_answer_says_which_passkey_it_comes_from_and_whose() -> None:
    device = Authenticator()
    made(device)

    named = passkeys.read_claim(device.use(ASKED))

    assert (named.credential, named.user) == (device.credential, USER)


@pytest.mark.parametrize(("length", "fits"), [(1023, True), (1024, False)])
def test_no_passkey_has_an_id_longer_than_the_standard_allows(length: int, fits: bool) -> None:
    device = Authenticator(credential=bytes(length))
    if fits:
        assert made(device).credential == bytes(length)
        return
    with pytest.raises(Rejected):
        made(device)


LIES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "another port": {"origin": "http://localhost:8001"},
    "another host": {"host": "evil.example"},
    "nobody was verified": {"verifies": False},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_no_passkey_is_made_of_a_wrong_answer(lie: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        made(Authenticator(**lie))


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_wrong_answer_is_refused(lie: dict[str, Any]) -> None:
    device = Authenticator()
    known = made(device)
    for name, value in lie.items():
        setattr(device, name, value)

    with pytest.raises(Rejected):
        check(device, known)


def test_an_answer_to_another_challenge_is_refused() -> None:
    device = Authenticator()
    known = made(device)

    with pytest.raises(Rejected):
        check(device, known, device.use("another challenge"))
    with pytest.raises(Rejected):
        made(device, device.make("another challenge", USER))


def test_an_answer_signed_by_another_key_is_refused() -> None:
    known = made(Authenticator())

    with pytest.raises(Rejected):
        check(Authenticator(), known)


@pytest.mark.parametrize("count", [2, 3, 100], ids=["the same", "one more", "many more"])
def test_a_counter_that_does_not_go_up_is_a_copy(count: int) -> None:
    device = Authenticator()
    known = made(device)

    with pytest.raises(Copied):
        check(device, known, count=count)


def test_only_who_holds_the_key_can_look_like_a_copy() -> None:
    """A stranger who sends a low counter must not bring a real passkey into suspicion."""
    with pytest.raises(Rejected):
        check(Authenticator(), made(Authenticator()), count=100)


def test_a_passkey_that_never_counts_is_no_copy() -> None:
    device = Authenticator(count=None)
    known = made(device)

    assert [check(device, known) for _ in range(3)] == [0, 0, 0]


def test_a_passkey_that_counted_once_cannot_stop_counting() -> None:
    device = Authenticator()
    known = made(device)
    device.count = None

    with pytest.raises(Copied):
        check(device, known)


def test_the_salt_is_fixed_and_belongs_to_the_host() -> None:
    other_port = Site("localhost", "http://localhost:9")

    assert SITE.salt == other_port.salt
    assert SITE.salt != Site("desk.example.org", "https://desk.example.org").salt
    assert len(SITE.salt) == 32


def test_a_secret_is_split_so_that_what_is_stored_opens_nothing() -> None:
    secret = Authenticator().secret(SITE.salt)

    halves = locks.split(secret)

    assert halves.key == locks.entropy_key(secret, "passkey")
    assert len({halves.key, halves.verifier, secret}) == 3
    locks.matches(locks.split(secret), halves.verifier)
    with pytest.raises(Unreadable):
        locks.matches(locks.split(Authenticator().secret(SITE.salt)), halves.verifier)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_DEVICE = Authenticator()
_MADE = _DEVICE.make(ASKED, USER)
_KNOWN = passkeys.check_registration(_MADE, SITE, ASKED.encode())
_USED = _DEVICE.use(ASKED)


def _new(answer: str) -> object:
    return passkeys.check_registration(answer, SITE, ASKED.encode())


def _check(answer: str) -> object:
    return passkeys.check_assertion(answer, SITE, ASKED.encode(), public_key=_KNOWN.public_key, count=0)


@pytest.mark.parametrize(("read", "good"), [(_new, _MADE), (_check, _USED)], ids=["made", "check"])
@settings(max_examples=50, deadline=None)
@given(part=st.sampled_from(["id", "rawId", "type", "response", "all"]), value=JSON)
def test_whatever_is_sent_is_refused_and_breaks_nothing(
    read: Callable[[str], object], good: str, part: str, value: Any
) -> None:
    """V-37."""
    with pytest.raises(Rejected):
        read(json.dumps(value if part == "all" else {**json.loads(good), part: value}))


@pytest.mark.parametrize(("read", "good"), [(_new, _MADE), (_check, _USED)], ids=["made", "check"])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_whatever_an_authenticator_says_is_refused_and_breaks_nothing(
    read: Callable[[str], object], good: str, data: st.DataObject
) -> None:
    """V-37: other text, cut, or a letter changed."""
    sent = json.loads(good)
    part = data.draw(st.sampled_from(sorted(sent["response"].keys() - {"userHandle"})))
    whole = sent["response"][part]
    at = st.integers(0, len(whole) - 2)
    sent["response"][part] = data.draw(
        st.text(alphabet="ABCdef0189-_=%é", max_size=60)
        | at.map(lambda cut: whole[:cut])
        | at.map(lambda here: whole[:here] + ("A" if whole[here] != "A" else "B") + whole[here + 1 :])
    )

    try:
        read(json.dumps(sent))
    except Rejected:
        return
    # Nobody vouches for the rest of a new passkey, such as its key: it is whatever the signed-in person brings.
    assert read is _new


@pytest.mark.parametrize("answer", ["", "[" * 40_000, '{"a":' * 10_000, "null", "\ud800", '"', "1e999"])
def test_what_is_no_answer_at_all_is_refused(answer: str) -> None:
    for read in (_new, _check, passkeys.read_claim):
        with pytest.raises(Rejected):
            read(answer)


@settings(max_examples=50, deadline=None)
@given(part=st.sampled_from(["clientDataJSON", "signature", "userHandle"]), value=JSON)
def test_naming_breaks_on_nothing_either(part: str, value: Any) -> None:
    sent = json.loads(_USED)
    sent["response"][part] = value

    try:
        passkeys.read_claim(json.dumps(sent))
    except Rejected:
        return
    assert isinstance(value, str | None)
