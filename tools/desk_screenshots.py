"""Photographs the desk of the demonstration practice, in the order in which a counselor visits its pages."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser, Page

from app.crypto import totp
from tests.support.virtual_authenticator import Virtual
from tools import own_account
from tools.camera import Camera

DESK = (
    *("", "called", "called/card", "search", "rota", "team", "account", "account/password", "audit", "figures"),
    *("recovery-sheet", "new/teen", "nothing-here"),
)
LISTS = ("new", "mine", "open", "follow-ups", "closed")


def take(browser: Browser, url: str, facts: dict[str, Any], camera: Camera) -> None:
    context = browser.new_context(**camera.options)
    page = context.new_page()
    page.goto(f"{url}/desk/")
    camera.take(page, "desk-sign-in")
    supervisor = facts["accounts"][1]
    _sign_in(page, supervisor)
    _add_passkey(page, url, camera)
    for path in DESK:
        page.goto(f"{url}/desk/{path}")
        camera.take(page, f"desk-{path.replace('/', '-') or 'queue'}")
    own_account.photograph(page, url, camera.take, facts["post"])
    page.goto(f"{url}/desk/rota")
    page.locator(".days a").first.click()
    camera.take(page, "desk-shift")
    _lists(page, url, camera)
    page.goto(f"{url}/desk/")
    reference = page.locator(".queue a").last.get_attribute("href") or ""
    page.goto(url + reference)
    camera.take(page, "desk-request")
    if page.get_by_role("button", name="Look for the same number").count():
        page.get_by_role("button", name="Look for the same number").click()
        camera.take(page, "desk-same-number")
        page.goto(url + reference)
    _work_on(page, url + reference, camera)
    page.goto(url + reference)
    if page.get_by_role("button", name="Show number").count():
        page.get_by_role("button", name="Show number").click()
        camera.take(page, "desk-number")
    _from_first_to_last(page, url, supervisor, camera)
    _calls(page, url, camera)
    _call(browser, page, url, camera)
    page.goto(f"{url}/desk/team")
    _invite(page)
    camera.take(page, "desk-invited")
    newcomer = browser.new_context(**camera.options).new_page()
    newcomer.goto(page.locator(".link").inner_text())
    camera.take(newcomer, "desk-invite")
    secret = base64.b32decode(newcomer.locator(".secret").inner_text().replace(" ", ""))
    newcomer.locator("#code").fill(totp.code(secret, datetime.now(UTC)))
    newcomer.locator("#kept").check()
    newcomer.locator("main form button:visible").last.click()
    camera.take(newcomer, "desk-words")
    page.goto(f"{url}/desk/team")
    camera.take(page, "desk-approve")
    context.close()


def take_in_spanish(browser: Browser, url: str, facts: dict[str, Any], camera: Camera) -> None:
    """Photograph the pages of a counselor in Spanish, then change the counselor back to English."""
    context = browser.new_context(**camera.options)
    page = context.new_page()
    page.goto(f"{url}/desk/")
    _sign_in(page, facts["accounts"][1])
    _speak(page, url, "es")
    for path in DESK:
        page.goto(f"{url}/desk/{path}")
        camera.take(page, f"desk-{path.replace('/', '-') or 'queue'}")
    page.goto(f"{url}/desk/rota")
    page.locator(".days a").first.click()
    camera.take(page, "desk-shift")
    page.goto(f"{url}/desk/")
    page.goto(url + (page.locator(".queue a").last.get_attribute("href") or ""))
    camera.take(page, "desk-request")
    _unfold(page)
    camera.take(page, "desk-request-unfolded")
    _speak(page, url, "en")
    context.close()


def _speak(page: Page, url: str, language: str) -> None:
    page.goto(f"{url}/desk/account")
    page.locator(f"input[name=language][value={language}]").check()
    page.locator("form[action='/desk/account/language'] button").click()


def _from_first_to_last(page: Page, url: str, account: dict[str, str], camera: Camera) -> None:
    """Photograph a request by phone, from its first question to its certificate."""
    page.goto(f"{url}/desk/new")
    camera.take(page, "desk-new")
    for box in ("age][value=adult", "way][value=call", "when][value=mon-am", "consent"):
        page.locator(f"input[name={box}]").check()
    for field, text in (("name", "Sam"), ("phone", "602 555 0147")):
        page.locator(f"#{field}").fill(text)
    for field, choice in (("state", "AZ"), ("tz", "America/Phoenix")):
        page.locator(f"#{field}").select_option(choice)
    page.locator("main form button").click()
    camera.take(page, "desk-new-words")
    page.locator("main a.button").click()
    request = page.url
    page.get_by_text("Close this request").click()
    page.locator("input[value=declined]").check()
    page.get_by_role("button", name="Close it", exact=True).click()
    camera.take(page, "desk-closed")
    for name in ("print", "export", "hold", "erase"):
        page.goto(f"{request}/{name}")
        camera.take(page, f"desk-{name}")
    page.locator("input[value=mistake]").check()
    # The last code was used to sign in, and each works once.
    page.wait_for_timeout(30_000)
    page.locator("#code").fill(totp.code(base64.b32decode(account["totp_secret"]), datetime.now(UTC)))
    page.get_by_role("button", name="Erase everything", exact=True).click()
    camera.take(page, "desk-certificate")
    page.goto(request)
    camera.take(page, "desk-erased")


def _calls(page: Page, url: str, camera: Camera) -> None:
    """Photograph an incoming call of a client, and a call back."""
    page.goto(f"{url}/desk/")
    address = url + (page.locator(".queue a").nth(1).get_attribute("href") or "")
    page.goto(address)
    first, second = page.locator(".card .word").all_inner_texts()
    for name, words in (
        ("called-offers", ("kettel", "harbour")),
        ("called-ask", (first, "")),
        ("called-known", (first, second)),
    ):
        page.goto(f"{url}/desk/called")
        page.locator("#first").fill(words[0])
        page.locator("#second").fill(words[1])
        page.get_by_role("button", name="Look").click()
        camera.take(page, f"desk-{name}")
    page.get_by_role("button", name="They will call again").click()
    camera.take(page, "desk-called-told")
    for name, outcome in (("attempt", "No answer"), ("voicemail", "Left a voicemail"), ("flags", "Somebody else")):
        page.goto(address)
        page.get_by_role("button", name=outcome).click()
        camera.take(page, f"desk-{name}")


def _add_passkey(page: Page, url: str, camera: Camera) -> None:
    """Add a passkey that cannot sign in alone, and photograph its pages. It remains on the account page."""
    Virtual(page)
    page.goto(f"{url}/desk/account/passkeys/new")
    camera.take(page, "desk-passkey")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/desk/account")
    page.goto(f"{url}/desk/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.locator("#password").wait_for()
    camera.take(page, "desk-sign-in-password")


def _call(browser: Browser, page: Page, url: str, camera: Camera) -> None:
    """Show the number of a client who wants no call now, and let the client withdraw the request meanwhile."""
    client = browser.new_context(**camera.options).new_page()
    client.goto(f"{url}/")
    _ask(client)
    code = " ".join(client.locator(".code li").all_text_contents())
    page.goto(f"{url}/desk/?view=new")
    newest = page.locator(".queue a").last
    page.goto(url + (newest.get_attribute("href") or ""))
    page.get_by_role("button", name="Show number").click()
    if page.locator("#reason").count():
        camera.take(page, "desk-reason")
        page.get_by_label("They agreed to this time").check()
        page.get_by_role("button", name="Show number").click()
    page.wait_for_url("**/number")
    camera.take(page, "desk-number")
    client.goto(f"{url}/return")
    client.locator("#code").fill(code)
    client.get_by_role("button", name="Go on").last.click()
    client.get_by_text("Stop our calls and take my request back").click()
    client.get_by_role("button", name="Stop all contact").click()
    client.get_by_role("heading", name="We have stopped contact.").wait_for()
    page.reload()
    camera.take(page, "desk-stop")


def _ask(page: Page) -> None:
    page.locator("input[name=age][value=adult]").check()
    page.locator("#name").fill("Sam")
    page.locator("input[name=way][value=call]").check()
    page.locator("#phone").fill("602 555 0147")
    page.locator("input[value=mon-am]").check()
    page.locator("#state").select_option("AZ")
    page.locator("#tz").select_option("America/Phoenix")
    page.locator("#consent").check()
    # If it is sent sooner, the app shows the form once more, because nobody reads it in less than two seconds.
    page.wait_for_timeout(2_100)
    page.locator("main form button:visible").last.click()
    page.wait_for_url("**/done/*")


def _lists(page: Page, url: str, camera: Camera) -> None:
    """Photograph each list of requests, and what a search finds."""
    for view in LISTS:
        page.goto(f"{url}/desk/?view={view}")
        camera.take(page, f"desk-queue-{view}")
    page.goto(f"{url}/desk/search")
    page.locator("#q").fill("a")
    page.get_by_role("button", name="Search").click()
    camera.take(page, "desk-search-errors")
    page.locator("#q").fill("555 01")
    page.get_by_role("button", name="Search").click()
    camera.take(page, "desk-search-found")


def _work_on(page: Page, address: str, camera: Camera) -> None:
    """Photograph the folded parts of a request, and the pages that follow."""
    _unfold(page)
    camera.take(page, "desk-request-unfolded")
    page.goto(f"{address}/wishes")
    camera.take(page, "desk-wishes")
    page.goto(address)
    page.locator("#text").fill("A note that is too long. " * 40)
    page.get_by_role("button", name="Save this note").click()
    camera.take(page, "desk-note")
    page.goto(address)
    page.locator("summary", has_text="A child is being hurt").click()
    page.get_by_role("button", name="Start the clock").first.click()
    camera.take(page, "desk-danger")
    page.locator("summary", has_text="It was reported").click()
    page.get_by_role("button", name="Write that down").click()


def _unfold(page: Page) -> None:
    for summary in page.locator("main summary").all():
        if summary.is_visible():
            summary.click()


_invited: Callable[[], int] = iter(range(1, 100)).__next__


def _invite(page: Page) -> None:
    number = _invited()
    page.locator("#name").fill(f"Newcomer {number}")
    page.locator("#email").fill(f"newcomer{number}@example.org")
    page.locator("form[action='/desk/team'] [data-passkey]").click()


def _sign_in(page: Page, account: dict[str, str]) -> None:
    """Sign in. If a code was just used, wait for the next one, as a person would."""
    secret = base64.b32decode(account["totp_secret"])
    while "/sign-in" in page.url:
        page.locator("#email").fill(account["email"])
        page.locator("#password").fill(account["password"])
        page.locator("#code").fill(totp.code(secret, datetime.now(UTC)))
        page.get_by_role("button", name="Sign in", exact=True).click()
        if "/sign-in" in page.url:
            page.wait_for_timeout(5_000)
