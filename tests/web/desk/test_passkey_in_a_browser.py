"""Passkeys in Chromium, with its virtual authenticators: from the letter to the open request, and each refusal."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from app.crypto import totp
from app.models import Account
from tests.conftest import NewPage
from tests.domain import builders
from tests.support import browser as browsers
from tests.support import ports, schema
from tests.support.clock import Clock
from tests.support.office import PASSWORD, Office, Person, make_app
from tests.support.virtual_authenticator import Virtual

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ASK_ELSEWHERE = """async (challenge) => {
  const asked = { challenge: new TextEncoder().encode(challenge), rpId: "localhost", userVerification: "required" };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey: asked });
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const said = {};
  const parts = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
  for (const part of parts) said[part] = text(response[part]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: said });
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder, port, clock = tmp_path_factory.mktemp("passkeys"), ports.free(), Clock()
    app: Flask = make_app(schema.sqlite(folder), folder, clock, PUBLIC_URL=f"http://localhost:{port}")
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Office(app, clock)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["quietword"].database.engine.dispose()


@pytest.fixture(scope="module")
def url(office: Office) -> str:
    return str(office.app.extensions["quietword"].settings.public_url)


@pytest.fixture(scope="module")
def supervisor(office: Office) -> Person:
    return office.found()


@pytest.fixture
def person(office: Office, supervisor: Person) -> Person:
    """Somebody of this test's own."""
    office.clock.forward(minutes=1)
    number = builders.count(office, Account)
    here_again = replace(supervisor, cookie=builders.sign_in(office, supervisor) or "")
    return office.hire(here_again, f"counselor{number}@example.org")


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page(**PHONE)


Add = Callable[..., Virtual]


@pytest.fixture
def add(office: Office, url: str, person: Person, page: Page) -> Add:
    """Adds a passkey on the account page, as the person does, and signs them out."""

    def add(**options: Any) -> Virtual:
        page.context.add_cookies([{"name": "s", "value": person.cookie, "url": url}])
        virtual = Virtual(page, **options)
        page.goto(f"{url}/desk/account")
        page.get_by_role("link", name="Add a passkey").click()
        if page.get_by_role("button", name="Go on").count():
            page.get_by_label("Code from your authenticator").fill(totp.code(person.totp_secret, office.clock()))
            page.get_by_role("button", name="Go on").click()
        page.get_by_label("Name of this passkey").fill("My phone")
        page.get_by_role("button", name="Make the passkey").click()
        page.wait_for_url("**/desk/account")
        return virtual

    return add


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url("**/desk/sign-in")


def press(page: Page) -> None:
    page.get_by_role("button", name="Sign in with a passkey").click()


def test_from_the_letter_to_the_open_request_in_two_taps(
    office: Office, url: str, add: Add, page: Page, person: Person
) -> None:
    """By passkey alone, on a phone: the link, the button, the request."""
    reference = office.ask(name="Wilhelmina", nonce=person.email.encode())
    add(hasPrf=True)
    expect(page.get_by_text("signs in with one touch")).to_be_visible()
    sign_out(page)
    seen = browsers.watch(page)

    page.goto(f"{url}/desk/{reference}")
    press(page)

    page.wait_for_url(f"**/desk/{reference}")
    expect(page.get_by_text("Wilhelmina", exact=True)).to_be_visible()
    posts = [request for request in seen.requests if request.method == "POST"]
    assert [request.url for request in posts] == [f"{url}/desk/passkey"]
    assert "secret=" in (posts[0].post_data or "")
    assert not [request.url for request in seen.requests if "secret" in request.url]
    assert seen.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_key_that_gives_its_secret_only_when_used_signs_in_alone_too(
    add: Add, page: Page, url: str, person: Person
) -> None:
    """Most security keys, and some phones: the new passkey is touched once more."""
    virtual = add(transport="usb", hasHmacSecret=True)
    assert virtual.passkeys[0]["signCount"] == 2
    expect(page.get_by_text("signs in with one touch")).to_be_visible()
    sign_out(page)

    press(page)

    page.wait_for_url("**/desk/")


def test_without_a_secret_the_password_follows(add: Add, page: Page, person: Person) -> None:
    add(hasPrf=False)
    expect(page.get_by_text("takes the place of the code")).to_be_visible()
    sign_out(page)

    press(page)

    expect(page.get_by_label("Email")).to_have_value(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")


def test_who_is_not_verified_signs_in_nowhere_and_is_told(add: Add, page: Page) -> None:
    """The browser itself refuses; the page says so and stays."""
    virtual = add(hasPrf=True)
    sign_out(page)
    virtual.verify_nobody()

    press(page)

    expect(page.get_by_role("status").first).to_have_text(re.compile("No passkey was used"), timeout=30_000)
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


def test_an_authenticator_that_verified_nobody_is_refused_by_the_server(add: Add, page: Page) -> None:
    """Whatever the browser let through."""
    virtual = add(hasPrf=True)
    sign_out(page)
    virtual.claim_nobody_was_verified()

    press(page)

    expect(page.get_by_role("alert")).to_contain_text("This passkey is not known here.")


def test_an_answer_given_to_another_site_is_refused(add: Add, page: Page, url: str, office: Office) -> None:
    """Another port of this machine may ask the same authenticator, and gets nowhere with what it says."""
    add(hasPrf=True)
    sign_out(page)
    challenge = page.locator("[name=challenge]").input_value()
    elsewhere = f"http://localhost:{ports.free()}/"
    page.route(elsewhere, lambda route: route.fulfill(body="<title>elsewhere</title>", content_type="text/html"))
    page.goto(elsewhere)
    answer = page.evaluate(ASK_ELSEWHERE, challenge)

    sent = page.request.post(f"{url}/desk/passkey", form={"challenge": challenge, "passkey": answer})

    assert (sent.status, "not known here" in sent.text()) == (422, True)
    assert json.loads(answer)["response"]["userHandle"]


def test_what_was_sent_once_is_refused_when_it_is_sent_again(add: Add, page: Page, url: str) -> None:
    add(hasPrf=True)
    sign_out(page)
    seen = browsers.watch(page)
    press(page)
    page.wait_for_url("**/desk/")
    [post] = [request for request in seen.requests if request.url.endswith("/desk/passkey")]
    page.context.clear_cookies()

    again = page.request.post(
        post.url, data=post.post_data, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert (again.status, "not known here" in again.text()) == (422, True)


def test_a_copy_with_an_older_counter_is_refused(add: Add, page: Page, office: Office) -> None:
    virtual = add(hasPrf=True)
    sign_out(page)
    press(page)
    page.wait_for_url("**/desk/")
    sign_out(page)
    virtual.copy()

    press(page)

    expect(page.get_by_role("alert")).to_contain_text("This passkey is not known here.")
    assert builders.kinds(office).count("passkey.copied") == 1


def test_a_passkey_takes_the_place_of_the_code_and_is_removed_by_it(
    add: Add, page: Page, office: Office, person: Person
) -> None:
    add(hasPrf=True)
    page.locator("summary", has_text="Remove").click()

    page.get_by_role("button", name="Or confirm with a passkey").click()

    expect(page.get_by_text("With a passkey you sign in by face")).to_be_visible()
    sign_out(page)
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("This passkey is not known here.")


def test_a_forgotten_password_is_replaced_with_a_touch_in_place_of_the_code(
    add: Add, page: Page, url: str, person: Person
) -> None:
    add()
    sign_out(page)
    page.goto(f"{url}/desk/forgotten")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("I have kept my new password.").check()

    page.get_by_role("button", name="Or confirm with a passkey").click()

    page.wait_for_url("**/desk/words")
    expect(page.get_by_text("Until they approve, you can open nothing.")).to_be_visible()


def test_the_same_device_has_no_use_for_a_second_passkey(add: Add, page: Page, url: str) -> None:
    add(hasPrf=True)
    page.get_by_role("link", name="Add a passkey").click()

    page.get_by_role("button", name="Make the passkey").click()

    expect(page.get_by_role("status")).to_have_text("This device has a passkey for you already.")


def test_an_old_sign_in_page_asks_for_a_new_challenge_by_itself(add: Add, page: Page, office: Office) -> None:
    """A tab that was left open overnight works at the first touch."""
    add(hasPrf=True)
    page.clock.install()
    sign_out(page)
    office.clock.forward(hours=9)
    page.clock.fast_forward(9 * 3600 * 1000)

    press(page)

    page.wait_for_url("**/desk/")


def test_by_address_or_without_script_the_password_form_is_all_there_is(
    office: Office, url: str, new_page: NewPage
) -> None:
    for page, address in (
        (new_page(java_script_enabled=False), url),
        (new_page(), url.replace("localhost", "127.0.0.1")),
    ):
        page.goto(f"{address}/desk/sign-in")
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        expect(page.locator(".by-passkey")).to_be_hidden()
