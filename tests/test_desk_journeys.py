"""From the letter to a safe call and back: real mail, a browser on a phone's screen, a clock that is passed in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.cli import worker
from app.crypto import totp
from tests.browser import person
from tests.conftest import NewPage
from tests.support import serving
from tests.support.office import PASSWORD, Office, Person
from tests.support.smtp import SmtpTrap

PHONE = {"width": 390, "height": 844}
#: Monday, 8 am in Phoenix; the person may be called from nine.
EARLY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SAFE = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


@dataclass
class Client:
    """Whoever asked: their page, two words and seven words."""

    page: Page
    words: list[str] = field(repr=False)
    code: str = field(repr=False)

    def come_back(self, office: Office) -> None:
        self.page.goto(serving.address(office, "/return"))
        self.page.fill("#code", self.code)
        self.page.get_by_role("button", name="Go on").last.click()


@pytest.fixture
def office(database_url: str, tmp_path: Path, smtp: SmtpTrap) -> Iterator[Office]:
    with serving.office(database_url, tmp_path, MAIL_PORT=str(smtp.port)) as served:
        served.clock.set(EARLY)
        yield served


@pytest.fixture
def supervisor(office: Office) -> Person:
    return office.found()


@pytest.fixture
def ada(office: Office, supervisor: Person) -> Person:
    hired = office.hire(supervisor, "ada@example.org")
    office.on_call(hired, hours=24 * 7)
    deliver(office)
    return hired


def deliver(office: Office) -> None:
    with office.app.app_context():
        worker.deliver()


def ask(office: Office, page: Page) -> Client:
    """Send a request; the time it takes to fill is the clock's, too (S-18)."""
    page.goto(serving.address(office, "/"))
    person.fill(page)
    office.clock.forward(seconds=20)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/done/**")
    words = page.locator(".words b").all_inner_texts()
    code = " ".join(page.locator(".code li").all_text_contents())
    return Client(page, words, code)


def follow(office: Office, smtp: SmtpTrap, page: Page, who: Person) -> str:
    """Open the newest letter's link on a phone and sign in; return the request's address."""
    deliver(office)
    link = re.search(r"http://\S+/desk/[0-9A-Z-]{9}", smtp.letters[-1].message.get_content())
    assert link is not None
    page.goto(link[0])
    sign_in(office, page, who)
    page.wait_for_url(link[0])
    return link[0]


def sign_in(office: Office, page: Page, who: Person) -> None:
    office.clock.forward(seconds=60)
    page.fill("#email", who.email)
    page.fill("#password", PASSWORD)
    page.fill("#code", totp.code(who.totp_secret, office.clock()))
    page.get_by_role("button", name="Sign in", exact=True).click()


def at(office: Office, moment: datetime, *people: Person) -> None:
    """Let it be later, with everybody still signed in."""
    office.clock.set(moment)
    for one in people:
        office.renewed(one)


def tap(page: Page, address: str, outcome: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=outcome, exact=True).click()


def test_from_the_letter_to_a_closed_request(
    office: Office, ada: Person, supervisor: Person, smtp: SmtpTrap, new_page: NewPage
) -> None:
    """Open, wait for the safe time, somebody else answers, try again, reach them, close (S-51 to S-54)."""
    client = ask(office, new_page(viewport=PHONE))
    page = new_page(viewport=PHONE)
    request = follow(office, smtp, page, ada)
    expect(page.get_by_role("heading", name="Not now, safe from 9 am")).to_be_visible()
    page.get_by_role("button", name="This one is mine").click()

    at(office, SAFE, ada)
    page.goto(request)
    expect(page.get_by_role("heading", name="Safe now until noon")).to_be_visible()
    page.get_by_role("button", name="Show number").click()
    expect(page.locator('a[href="tel:+16025550147"]')).to_be_visible()
    expect(page.get_by_text(client.words[0], exact=False).first).to_be_visible()
    tap(page, request, "Somebody else answered")
    expect(page.get_by_text("The two words are burnt: do not say them.")).to_be_visible()

    at(office, SAFE + timedelta(minutes=45), ada)
    page.goto(request)
    page.get_by_role("button", name="Show number").click()
    expect(page.locator('a[href="tel:+16025550147"]')).to_be_visible()
    tap(page, request, "Reached them")
    page.get_by_role("button", name="Give two new words").click()
    expect(page.locator(".word").first).not_to_have_text(client.words[0])
    page.goto(request)
    page.get_by_text("Close this request").click()
    page.locator("input[value=client]").check()
    page.get_by_role("button", name="Close it").click()

    expect(page.get_by_text("Became a client").first).to_be_visible()
    assert not [letter for letter in smtp.letters if b"Wilhelmina" in letter.raw or b"marzipan" in letter.raw]


def test_the_client_comes_back_and_withdraws_while_a_counselor_dials(
    office: Office, ada: Person, supervisor: Person, smtp: SmtpTrap, new_page: NewPage
) -> None:
    """What loosens is asked by voice, what tightens holds at once, an answer is read, a withdrawal stops the call."""
    client = ask(office, new_page(viewport=PHONE))
    page = new_page(viewport=PHONE)
    request = follow(office, smtp, page, ada)
    page.get_by_role("button", name="This one is mine").click()
    page.get_by_text("Answer in writing").click()
    page.locator("input[name=template]").first.check()
    page.get_by_role("button", name="Answer", exact=True).click()

    client.come_back(office)
    expect(client.page.get_by_role("heading", name="Our answers")).to_be_visible()
    wish(client.page, "vm")
    page.goto(request)
    expect(page.get_by_text("They may allow more. Ask first:")).to_be_visible()
    expect(page.get_by_text("Do NOT leave a voicemail").first).to_be_visible()

    at(office, SAFE, ada)
    page.goto(request)
    page.get_by_role("button", name="Show number").click()
    expect(page.locator('a[href="tel:+16025550147"]')).to_be_visible()
    client.come_back(office)
    expect(client.page.get_by_text("A call may be starting right now.")).to_be_visible()
    client.page.get_by_text("Stop our calls and take my request back").click()
    client.page.get_by_role("button", name="Stop all contact").click()

    # The page asks by itself every five seconds.
    expect(page.get_by_text("Stop. Hang up if it rings.")).to_be_visible(timeout=15_000)
    expect(page.locator('a[href^="tel:"]')).to_have_count(0)


def test_the_client_calls_in_with_two_words(
    office: Office, ada: Person, supervisor: Person, smtp: SmtpTrap, new_page: NewPage
) -> None:
    """S-55: two words as heard, one tap, and nothing of the request before."""
    client = ask(office, new_page(viewport=PHONE))
    page = new_page(viewport=PHONE)
    follow(office, smtp, page, ada)
    page.get_by_role("link", name="They called").click()

    page.get_by_label("First word").fill(client.words[0].upper())
    page.get_by_label("Second word").fill(client.words[1])
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_role("heading", name="Both words right")).to_be_visible()
    assert "Wilhelmina" not in page.content()
    page.get_by_role("button", name="We talked").click()

    expect(page.get_by_text("Written down.")).to_be_visible()


def test_of_two_counselors_one_has_it_and_the_other_sees_who_and_when(
    office: Office, ada: Person, supervisor: Person, smtp: SmtpTrap, new_page: NewPage
) -> None:
    """V-46: and a note that was being typed is not lost."""
    ask(office, new_page(viewport=PHONE))
    first, second = new_page(viewport=PHONE), new_page(viewport=PHONE)
    request = follow(office, smtp, first, ada)
    second.goto(request)
    sign_in(office, second, supervisor)
    second.wait_for_url(request)
    second.locator("#text").fill("They sounded calm.")

    first.get_by_role("button", name="This one is mine").click()
    expect(first.get_by_text("This request is yours.")).to_be_visible()
    second.get_by_role("button", name="This one is mine").click()

    expect(second.get_by_text("A colleague was first.")).to_be_visible()
    expect(second.get_by_text("Ada").first).to_be_visible()
    expect(second.locator("textarea")).to_have_value(re.compile("They sounded calm."))


def wish(page: Page, permission: str) -> None:
    """Ask for the same times, and allow one thing more."""
    page.get_by_text("Change when and how we may call").click()
    form = page.locator("form", has=page.locator("input[name=way]"))
    form.locator("input[name=way][value=call]").check()
    form.locator(f"input[name=ok][value={permission}]").check()
    form.locator("input[value=mon-am]").check()
    form.locator("select[name=tz]").select_option("America/Phoenix")
    form.locator("button[type=submit]").last.click()
