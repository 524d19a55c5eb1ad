"""One request: the contact card, the number that is shown only when asked for, and what was altered or is gone."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update

from app.crypto import words
from app.domain.health import readiness
from app.domain.intake import arrivals
from app.domain.intake.answers import Answers, Wishes
from app.domain.work import Party
from app.models import AuditLine, Grant, Intake
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page
from tests.web.desk.test_queue import taken_back

PERMISSIONS = {
    "voicemail": ("Leave a voicemail", "Do NOT leave a voicemail"),
    "text": ("Send a text to set a time", "Do NOT send a text"),
    "ask": ("Ask for them if somebody else answers", "Do NOT ask for them if somebody else answers"),
    "say_practice": ("Say the name of the practice", "Do NOT say the name of the practice"),
}
GOOD = {"name": "Sam", "state": "AZ", "phone": "+16025550123", "about": "betrayed", "note": "After work is best."}
SAFE = {"way": "call", "when": ("mon-am", "tue-pm"), "zone": "America/New_York"}

Ask = Callable[..., str]


@pytest.fixture
def ask(office: Office, supervisor: Person) -> Ask:
    """Sends a request, most of it as usual; returns its reference."""

    def ask(answers: dict[str, Any] | None = None, **wishes: Any) -> str:
        with office.work(Party.CLIENT) as work:
            epoch = readiness.health(work, 0).epoch
            assert epoch is not None
            said, safe = Answers(**{**GOOD, **(answers or {})}), Wishes(**{**SAFE, **wishes})
            token = arrivals.submit(work, epoch, idempotency_key=b"nonce", language="en", answers=said, wishes=safe)
        with office.work() as work:
            return arrivals.reference_of(work, token)

    return ask


@pytest.fixture
def opened(supervisor: Person, sit: Sit, ask: Ask) -> Callable[..., Page]:
    """Sends a request and opens it."""
    return lambda answers=None, **wishes: sit(supervisor).look(f"/desk/{ask(answers, **wishes)}")


def trail(office: Office, kind: str) -> list[tuple[str, str]]:
    """Return who and what, of every audit line of a kind."""
    with office.work() as work:
        lines = select(AuditLine.actor, AuditLine.subject).where(AuditLine.kind == kind).order_by(AuditLine.number)
        return [(line.actor, line.subject) for line in work.session.execute(lines)]


def test_what_a_caller_needs_comes_in_the_order_it_is_needed(
    office: Office, supervisor: Person, sit: Sit, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-51: the card, then the masked number, then what they told us."""
    monkeypatch.setattr(words, "code_words", lambda _language: ("amber", "kettle"))

    page = sit(supervisor).look(f"/desk/{ask({'language': 'es'})}")

    in_order = [
        "This one is mine",
        "Safe now until noon Sam",
        "You say first amber",
        "They answer kettle",
        "Speak Spanish",
        "Now there",
        "Safe times there",
        "They will be in AZ",
        "Do NOT leave a voicemail",
        "Call from Office phone, line 2. Never your own phone. It will show 480-555-0142.",
        "What to say, word for word",
        "Show number",
        "What they told us",
        "After work is best.",
        "Somebody they love broke their trust",
    ]
    places = [page.text.find(text) for text in in_order]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("allowed", list(product((True, False), repeat=4)))
def test_what_was_not_allowed_is_forbidden(opened: Callable[..., Page], allowed: tuple[bool, ...]) -> None:
    """S-50."""
    chosen = dict(zip(PERMISSIONS, allowed, strict=True))

    page = opened(**chosen)

    for name, (yes, no) in PERMISSIONS.items():
        assert (yes in page.text, no in page.text) == (chosen[name], not chosen[name])


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        pytest.param(["mon-am"], "Mon 9 am to noon", id="one"),
        pytest.param(["mon-am", "mon-pm", "mon-eve"], "Mon 9 am to 8 pm", id="a whole day"),
        pytest.param(["mon-am", "mon-eve"], "Mon 9 am to noon, 5 pm to 8 pm", id="a gap"),
        pytest.param(["sat-eve", "sun-eve"], "Sat, Sun 5 pm to 8 pm", id="two days"),
        pytest.param([f"{d}-pm" for d in ("mon", "tue", "wed", "thu")], "Mon to Thu noon to 5 pm", id="many days"),
        pytest.param(["mon-am", "tue-pm", "wed-am"], "Mon 9 am to noon Tue noon to 5 pm Wed 9 am to noon", id="mixed"),
    ],
)
def test_safe_times_are_told_in_few_words(opened: Callable[..., Page], when: list[str], shown: str) -> None:
    assert f"Safe times there {shown} They will be in" in opened(when=tuple(when)).text


def test_who_will_call_has_no_number_and_no_times(opened: Callable[..., Page]) -> None:
    page = opened({"phone": None}, way="icall", when=(), zone=None)

    assert "They will call us Sam" in page.text
    assert "They left no number." in page.text
    assert "Show number" not in page.text
    assert "Safe times" not in page.text


def test_a_place_where_nobody_is_licensed_asks_to_be_checked(opened: Callable[..., Page]) -> None:
    assert "Check first: nobody here is licensed there" in opened({"state": "TX"}).text


def test_a_place_where_somebody_is_licensed_says_nothing_more(opened: Callable[..., Page]) -> None:
    assert "licensed" not in opened().text


def test_another_country_is_said_in_words(opened: Callable[..., Page]) -> None:
    assert "They will be in another country" in opened({"state": "XX"}).text


def test_what_a_client_wrote_stays_text(opened: Callable[..., Page]) -> None:
    """V-38."""
    page = opened({"note": '<script>alert("x")</script>\n{{ 7*7 }} </blockquote>', "name": "<b>Sam</b>"})

    assert all(script.get("src") for script in page.find("script"))
    assert '<script>alert("x")</script> {{ 7*7 }} </blockquote>' in page.text
    assert "<b>Sam</b>" in page.text


def test_the_number_is_nowhere_in_the_page_until_it_is_asked_for(opened: Callable[..., Page]) -> None:
    """S-51."""
    page = opened({"phone": "+16025550123", "extension": "7788"})

    assert "23" in page.text
    for part in ("6025550", "602-555", "(602)", "7788", "tel:"):
        assert part not in page.html


def test_a_reference_opens_however_it_is_written(supervisor: Person, sit: Sit, ask: Ask) -> None:
    reference = ask()

    assert sit(supervisor).look(f"/desk/{reference.lower().replace('-', '')}").status == 200


def test_what_was_taken_back_leaves_a_stone(office: Office, supervisor: Person, sit: Sit) -> None:
    """S-47."""
    reference = taken_back(office)
    seat = sit(supervisor)

    page = seat.look(f"/desk/{reference}")

    assert page.status == 200
    assert "Taken back by the client: do not call." in page.text
    assert "Marker" not in page.html
    assert {form.action for form in page.forms} == {"/desk/sign-out", "/desk/here"}, "nothing can be done with it"


@pytest.mark.parametrize("deed", ["claim", "reveal"])
def test_what_is_taken_back_while_it_is_open_can_be_neither_claimed_nor_called(
    office: Office, supervisor: Person, sit: Sit, deed: str
) -> None:
    """S-47."""
    reference = taken_back(office)
    seat = sit(supervisor)
    token = seat.look("/desk/account").form("/desk/sign-out").fields

    answer = seat.post(f"/desk/{reference}/{deed}", token)

    assert answer.status == 409
    assert "This request was taken back. Do not call." in answer.text


def test_an_altered_record_is_named_and_recorded_and_nothing_of_it_is_shown(
    office: Office, supervisor: Person, sit: Sit, ask: Ask
) -> None:
    reference = ask()
    with office.work() as work:
        work.session.execute(update(Intake).values(origin_tag=bytes(32)))

    answer = sit(supervisor).look(f"/desk/{reference}")

    assert answer.status == 409
    assert "This record was altered." in answer.text
    assert f"intake/{reference}" in answer.text
    assert "Sam" not in answer.text
    assert trail(office, "record.altered") == [("service", f"intake/{reference}")]
    assert trail(office, "intake.opened") == []


def test_who_has_no_grant_is_told_whom_to_ask(office: Office, supervisor: Person, sit: Sit, ask: Ask) -> None:
    reference = ask()
    with office.work() as work:
        for grant in work.session.scalars(select(Grant)):
            work.session.delete(grant)

    answer = sit(supervisor).look(f"/desk/{reference}")

    assert answer.status == 409
    assert "Ask a supervisor." in answer.text
