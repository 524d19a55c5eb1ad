"""The exact sentences of each call, by what was allowed (S-53): a table, and nothing that the table does not say."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from app import current
from app.domain.intake.answers import Answers, Wishes
from app.domain.intake.opening import Opened
from app.web.desk.calls import sentences
from app.web.desk.calls.sentences import Script
from tests.domain.helpers import returning_clients
from tests.support import schema
from tests.support.clock import Clock
from tests.support.office import Office, make_app

#: Monday, 9:30 in Phoenix.
NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
SAID = Answers("Sam", "AZ", phone="+16025550123", about="betrayed", note="Zzyzx", words=("amber", "kettle"))
WHEN = ("mon-am", "tue-pm")

Say = Callable[..., Script]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Opened]]:
    """A desk with one request open."""
    folder = tmp_path_factory.mktemp("desk")
    app = make_app(schema.sqlite(folder), Path(folder), Clock(NOW))
    office = Office(app, Clock(NOW))
    opened = returning_clients.opened(office, office.found(), returning_clients.client(office).reference)
    yield app, replace(opened, me="Ada Example")
    app.extensions["quietword"].database.close()


@pytest.fixture
def say(desk: tuple[Flask, Opened]) -> Say:
    app, opened = desk

    def say(
        said: Answers = SAID,
        *,
        last: bool = False,
        now: datetime = NOW,
        burnt: bool = False,
        speaks: str = "en",
        **wishes: object,
    ) -> Script:
        wished = Wishes(**{"way": "call", "when": WHEN, "zone": "America/Phoenix", **wishes})  # type: ignore[arg-type]
        request = replace(opened, answers=said, wishes=wished, words_burnt=burnt)
        with app.test_request_context("/desk/", headers={"Accept-Language": speaks}):
            return sentences.script(request, current.practice(), now, last=last)

    return say


def every_sentence(script: Script) -> list[str]:
    return [getattr(script, one.name) or "" for one in fields(script)]


@pytest.mark.parametrize(("voicemail", "practice", "ask", "text"), list(product((False, True), repeat=4)))
def test_s53_each_combination_has_its_sentences(
    say: Say, voicemail: bool, practice: bool, ask: bool, text: bool
) -> None:
    script = say(voicemail=voicemail, say_practice=practice, ask=ask, text=text)

    left = {
        (False, False): None,
        (False, True): None,
        (True, False): "Hi Sam, this is Ada, calling you back. I will try again Tuesday afternoon.",
        (True, True): "Hi Sam, this is Ada from Family Strategies."
        " I will try again Tuesday afternoon, or call us at 480-555-0142.",
    }
    assert script.voicemail == left[voicemail, practice]
    to_others = "Hi, may I speak with Sam? No message, thank you." if ask else "Sorry, wrong number."
    assert script.stranger == to_others
    assert script.text == ("Hi Sam, is Tuesday afternoon still good? Reply Y or N." if text else None)
    assert script.first == "Hi, this is Ada. Amber."
    assert script.both == ("Is now a good time to talk in private? If not, just say ‘wrong number’ and I will hang up.")
    assert script.forgotten == "Which name did you give us? And can you tell me one time you checked?"
    assert script.otherwise == "Sorry, wrong number."
    assert script.email is None


@pytest.mark.parametrize(("voicemail", "practice", "ask", "text"), list(product((False, True), repeat=4)))
def test_s50_nothing_says_who_we_are_unless_it_was_allowed(
    say: Say, voicemail: bool, practice: bool, ask: bool, text: bool
) -> None:
    said = every_sentence(say(voicemail=voicemail, say_practice=practice, ask=ask, text=text))

    for part in ("Family Strategies", "480-555-0142"):
        assert any(part in sentence for sentence in said) is (voicemail and practice)
    assert not [sentence for sentence in said if "kettle" in sentence.lower() or "Zzyzx" in sentence]


def test_burnt_words_are_never_said(say: Say) -> None:
    """S-53: the caller asks, and offers neither the name nor a time."""
    script = say(replace(SAID, words=("", "")), burnt=True)

    assert script.first == "Hi, this is Ada."
    assert "Sam" not in script.forgotten


def test_who_checked_no_time_is_asked_about_none(say: Say) -> None:
    assert say(way="icall", when=(), zone=None).forgotten == "Which name did you give us?"


@pytest.mark.parametrize("practice", [False, True])
@pytest.mark.parametrize(
    "why", [{"last": True}, {"way": "icall"}, {"when": ("sun-eve",)}], ids=["last", "icall", "never"]
)
def test_a_voicemail_promises_no_call_that_will_not_come(say: Say, practice: bool, why: dict[str, object]) -> None:
    """S-53, S-54: after the last try, to who wants to call, and without a time in our calling hours."""
    script = say(voicemail=True, say_practice=practice, **why)

    assert script.voicemail == (
        "Hi Sam, this is Ada from Family Strategies. Please call us at 480-555-0142."
        if practice
        else "Hi Sam, this is Ada, calling you back."
    )


@pytest.mark.parametrize(
    ("when", "now", "time"),
    [
        (("mon-am", "mon-pm"), "16:30", "this afternoon"),
        (("mon-am",), "15:30", "this morning"),
        (("mon-eve",), "16:30", "this evening"),
        (("tue-am",), "16:30", "Tuesday morning"),
        (("fri-pm",), "16:30", "Friday afternoon"),
        (("wed-eve", "fri-pm"), "16:30", "Wednesday evening"),
        (("thu-am", "fri-am"), "16:30", "Friday morning"),
        (("mon-am",), "16:30", "next Monday morning"),
    ],
    ids=["the next part", "not yet", "tonight", "tomorrow", "later", "the first", "no holiday", "in a week"],
)
def test_the_next_time_is_the_next_safe_one_in_which_we_call(
    say: Say, when: tuple[str, ...], now: str, time: str
) -> None:
    """S-53: Thursday is Thanksgiving; Friday's calling ends at 5 pm."""
    at = datetime.fromisoformat(f"2026-11-23T{now}").replace(tzinfo=UTC)

    assert say(text=True, when=when, now=at).text == f"Hi Sam, is {time} still good? Reply Y or N."


def test_a_text_asks_about_no_time_that_is_none(say: Say) -> None:
    assert say(text=True, when=("sun-eve",)).text is None


def test_an_email_says_one_thing(say: Say) -> None:
    """F-13."""
    assert say(replace(SAID, email="sam@example.org")).email == "Please call us."


@pytest.mark.parametrize(
    ("name", "first"),
    [("Ada Example", "Ada"), ("Ada", "Ada"), ("Dr. Ada Example", "Ada"), ("Dr.", "Dr."), ("María José P.", "María")],
)
def test_a_counselor_is_called_by_the_first_name(name: str, first: str) -> None:
    assert sentences.first_name(name) == first


def test_sentences_hide_the_name_from_tracebacks(say: Say) -> None:
    """V-49."""
    shown = repr(say(replace(SAID, name="Zzyzx"), voicemail=True, ask=True, text=True))

    assert "Zzyzx" not in shown
    assert "Amber" not in shown
