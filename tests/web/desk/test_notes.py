"""Notes for the team: who may write them, and that nothing typed is lost, whatever happens meanwhile."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event, select

from app.crypto import totp
from app.models import AuditLine, Draft, LogEntry
from tests.domain import builders
from tests.domain.helpers.returning_clients import Client
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person, make_app
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat

pytestmark = pytest.mark.both_databases

NOTE = "Call her sister first.\nNever before ten."


def write(seat: Seat, address: str, text: str, at: Page | None = None) -> Page:
    return seat.send(f"{address}/note", at or address, text=text)


def typed(page: Page) -> str:
    """Return what stands in the note's box."""
    before, _, rest = page.html.partition('<textarea id="text"')
    assert before
    return rest.partition(">\n")[2].partition("</textarea>")[0]


def sign_in_again(office: Office, seat: Seat, person: Person, page: Page) -> Page:
    """Follow the page's link to sign in, and what comes after."""
    office.clock.forward(seconds=60)
    [link] = [link for link in page.links() if link and link.startswith("/desk/sign-in")]
    code = totp.code(person.totp_secret, office.clock())
    form = seat.look(link)
    answer = seat.send("/desk/sign-in", form, email=person.email, password=PASSWORD, code=code)
    assert answer.leads_to is not None
    return seat.look(answer.leads_to)


def test_a_note_is_there_for_the_whole_team_with_its_author_and_time(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str
) -> None:
    answer = write(sit(counselor), address, f"  {NOTE}  ")

    page = sit(supervisor).look(address)
    assert (answer.status, answer.leads_to) == (303, f"{address}#history")
    assert "Mon 23 Nov, 8:01 am, Ada Note Call her sister first. Never before ten." in page.text


def test_a_note_stays_text_and_never_reaches_the_client(
    office: Office, supervisor: Person, sit: Sit, address: str, client: Client
) -> None:
    """V-38, and must hold 2."""
    seat = sit(supervisor)

    write(seat, address, "<script>x</script>")

    page = seat.look(address)
    assert "<script>x</script>" in page.text
    assert "<script>x" not in page.html
    assert client.seen().replies == ()


def test_an_unsteady_thumb_writes_one_note(office: Office, supervisor: Person, sit: Sit, address: str) -> None:
    seat = sit(supervisor)
    page = seat.look(address)

    for _ in range(2):
        assert write(seat, address, NOTE, page).status == 303
    write(seat, address, NOTE)

    assert builders.count(office, LogEntry) == 2, "said once more on another day, it is another note"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("   \n ", "Write something first."), ("a" * 901, "Make it shorter: up to 900 letters. These are 901.")],
    ids=["empty", "too long"],
)
def test_a_note_that_cannot_be_saved_is_given_back(
    office: Office, supervisor: Person, sit: Sit, address: str, text: str, sentence: str
) -> None:
    seat = sit(supervisor)

    page = write(seat, address, text)

    assert page.status == 422
    assert page.title.startswith("Error:")
    assert sentence in page.text
    assert typed(page) == text.strip()
    assert write(seat, address, NOTE, page).status == 303
    assert builders.count(office, LogEntry) == 1


def test_nine_hundred_letters_of_any_language_fit(office: Office, supervisor: Person, sit: Sit, address: str) -> None:
    assert write(sit(supervisor), address, "🙂" * 900).status == 303


def test_who_loses_the_claim_sees_who_and_when_and_saves_the_note(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    """V-46: the clock says 15:01 UTC, which is 8:01 in Phoenix."""
    late = sit(supervisor)
    before = late.look(address)
    sit(counselor).send(f"{address}/claim", address)
    clock.forward(minutes=3)

    page = late.send(f"{address}/claim", before, text=NOTE, once=before.form(f"{address}/note").fields["once"])

    assert page.status == 409
    assert "A colleague was first. Ada, Mon 23 Nov, 8:01 am" in page.text
    assert typed(page) == NOTE
    assert write(late, address, NOTE, page).status == 303
    assert "Grace Note Call her sister first." in late.look(address).text


def test_who_claims_while_typing_finds_the_note_in_the_box(
    office: Office, supervisor: Person, sit: Sit, address: str
) -> None:
    seat = sit(supervisor)
    button = next(facts for facts in seat.look(address).find("button") if facts.get("form"))
    assert (button["form"], button["formaction"]) == ("writes", f"{address}/claim")

    seat.send(f"{address}/claim", address, text=NOTE)
    page = seat.look(address)

    assert "This request is yours." in page.text
    assert "A note of yours is not saved yet." in page.text
    assert typed(page) == NOTE
    assert write(seat, address, typed(page), page).status == 303
    assert typed(seat.look(address)) == ""
    assert builders.count(office, Draft) == 0


def test_when_the_client_withdraws_meanwhile_the_note_can_still_be_copied(
    office: Office, supervisor: Person, sit: Sit, address: str, client: Client, clock: Clock
) -> None:
    seat = sit(supervisor)
    page = seat.look(address)
    client.withdraw()

    answer = write(seat, address, NOTE, page)

    assert answer.status == 409
    assert "This request was taken back. Do not call." in answer.text
    assert typed(answer) == NOTE
    assert not [form for form in answer.forms if form.action.endswith("/note")]
    assert builders.count(office, LogEntry) == 0


def test_a_note_sent_after_the_lock_is_kept_for_its_author_alone(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    """Vault, *Sign in*: nothing typed is lost, and no key was there to seal it with but a public one."""
    seat = sit(counselor)
    page = seat.look(address)
    clock.forward(minutes=16)

    answer = write(seat, address, NOTE, page)
    again = sign_in_again(office, seat, counselor, answer)

    assert answer.status == 401
    assert "You were signed out Your note is kept: sign in and it is there." in answer.text
    assert NOTE not in answer.html
    assert (again.status, typed(again)) == (200, NOTE)
    assert "Not saved yet." in again.text
    [row] = builders.copies(office, Draft)
    assert b"sister" not in row.sealed_draft
    other = sign_in_again(office, Seat(office.app.test_client()), supervisor, answer)
    assert typed(other) == ""

    assert write(seat, address, typed(again), again).status == 303
    assert builders.count(office, Draft) == 0
    assert "Ada Note Call her sister first." in seat.look(address).text


def test_a_second_note_after_the_lock_does_not_replace_the_first(
    office: Office, supervisor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    seat = sit(supervisor)
    page = seat.look(address)
    clock.forward(minutes=16)
    for text in ("one", "one", "two"):
        answer = write(seat, address, text, page)

    assert typed(sign_in_again(office, seat, supervisor, answer)) == "one\n\ntwo"


def test_what_is_typed_on_in_the_box_and_sent_after_the_next_lock_replaces_it(
    office: Office, supervisor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    seat = sit(supervisor)
    page = seat.look(address)
    for text in ("one", "one and more"):
        clock.forward(minutes=16)
        page = sign_in_again(office, seat, supervisor, write(seat, address, text, page))

    assert typed(page) == "one and more"


def test_a_note_that_was_kept_later_is_not_erased_unseen(
    office: Office, supervisor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    """Two windows: one was shown an earlier note, the other kept a new one."""
    seat = sit(supervisor)
    seat.send(f"{address}/claim", address, text="one")
    page = seat.look(address)
    clock.forward(minutes=1)
    token = page.form(f"{address}/note").fields["csrf_token"]
    seat.post(f"{address}/claim", {"csrf_token": token, "text": "two"})

    write(seat, address, "one", page)

    assert typed(seat.look(address)) == "one\n\ntwo"


@pytest.mark.parametrize("cookie", [None, "unknown"])
def test_of_a_stranger_nothing_is_stored(
    office: Office, supervisor: Person, sit: Sit, seat: Seat, address: str, cookie: str | None
) -> None:
    page = sit(supervisor).look(address)
    if cookie:
        seat.client.set_cookie("s", cookie)

    answer = write(seat, address, NOTE, page)

    assert answer.status == 401
    assert typed(answer) == NOTE, "it is given back, to be copied"
    assert builders.count(office, Draft) == 0


@pytest.mark.parametrize("once", ["", "forged", "a colleague's", "another request's", "a day old"])
def test_a_locked_browser_alone_proves_nothing(
    office: Office, supervisor: Person, counselor: Person, sit: Sit, address: str, clock: Clock, once: str
) -> None:
    """V-42: the session's token has gone with its key, so the form's own ticket has to be ours."""
    seat = sit(supervisor)
    other = f"/desk/{office.ask(nonce=b'other')}"
    tickets = {
        "a colleague's": sit(counselor).look(address).form(f"{address}/note").fields["once"],
        "another request's": seat.look(other).form(f"{other}/note").fields["once"],
        "a day old": seat.look(address).form(f"{address}/note").fields["once"],
    }
    if once == "a day old":
        clock.forward(hours=24, minutes=1)
    else:
        clock.forward(minutes=16)

    answer = seat.post(f"{address}/note", {"text": NOTE, "once": tickets.get(once, once)})

    assert answer.status == 401
    assert typed(answer) == NOTE
    assert builders.count(office, Draft) == 0


def test_another_site_cannot_put_a_note_into_anybodys_box(
    office: Office, supervisor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    """S-19, V-42."""
    seat = sit(supervisor)
    fields = {**seat.look(address).form(f"{address}/note").fields, "text": NOTE}
    clock.forward(minutes=16)

    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert seat.client.post(f"{address}/note", data=fields, headers=header).status_code == 403
    assert builders.count(office, Draft) == 0


def test_who_signed_in_again_in_another_window_saves_it_once_more(
    office: Office, supervisor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    """The old page's token ended with its session; its ticket still says that it is ours and theirs."""
    seat = sit(supervisor)
    old = seat.look(address)
    clock.forward(minutes=16)
    sign_in_again(office, seat, supervisor, seat.send("/desk/sign-out", old))

    page = write(seat, address, NOTE, old)

    assert page.status == 422
    assert "You signed in again since then. Nothing is lost: save it once more." in page.text
    assert builders.count(office, LogEntry) == 0
    assert write(seat, address, typed(page), page).status == 303


def test_a_full_disk_gives_the_note_back(sqlite_url: str, tmp_path: Path, clock: Clock) -> None:
    """The database may not grow by a single page; only SQLite can be told so."""
    app = make_app(sqlite_url, tmp_path, clock)
    office = Office(app, clock)
    seat = Seat(office.browser(office.found()))
    address = f"/desk/{office.ask()}"
    page = seat.look(address)
    database = builders.database(office)
    database.close()
    event.listen(database.engine, "connect", let_nothing_grow)

    answers = [write(seat, address, f"{NOTE} {number}", page) for number in range(20)]

    refused = next(answer for answer in answers if answer.status == 503)
    assert "We can't save this right now. Nothing is lost: send it again in a moment." in refused.text
    assert typed(refused) == f"{NOTE} {answers.index(refused)}"
    assert refused.headers["Retry-After"] == "30"
    database.close()


def let_nothing_grow(connection: sqlite3.Connection, _record: object) -> None:
    [[pages]] = connection.execute("PRAGMA page_count").fetchall()
    connection.execute(f"PRAGMA max_page_count={pages}").close()


def test_no_audit_line_and_no_log_holds_a_word_of_a_note(
    office: Office, supervisor: Person, sit: Sit, address: str, clock: Clock
) -> None:
    """V-49."""
    seat = sit(supervisor)
    write(seat, address, NOTE)
    page = seat.look(address)
    clock.forward(minutes=16)
    write(seat, address, NOTE, page)

    with office.work() as work:
        ours = select(AuditLine).where(AuditLine.kind.in_(("log.note", "draft.kept"))).order_by(AuditLine.number)
        lines = work.session.scalars(ours).all()
    assert [(line.kind, line.subject) for line in lines] == [
        ("log.note", address.replace("/desk/", "intake/")),
        ("draft.kept", f"account/{builders.account_id(office, supervisor)}"),
    ]
