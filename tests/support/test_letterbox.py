"""The demonstration's mailbox stores every letter, and shows it as text to this machine only."""

import smtplib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from script.letterbox import Mailbox
from tests.conftest import NewPage
from tests.support import browser as browsers

LETTER = (
    b"From: desk@example.org\r\nTo: ada@example.org\r\nSubject: New request <b>K7QF-3MDX</b>\r\n"
    b'Content-Type: text/plain; charset="utf-8"\r\n\r\n'
    b"<script>document.title='run'</script>\r\nOpen it: http://localhost:8000/desk/K7QF-3MDX?a=1&b=2.\r\n"
)


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mail") as started:
        yield started


def send(mailbox: Mailbox, letter: bytes = LETTER) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=10) as connection:
        connection.sendmail("desk@example.org", ["ada@example.org"], letter)


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_each_letter_becomes_a_file_of_its_own_for_the_owner_only(mailbox: Mailbox, tmp_path: Path) -> None:
    send(mailbox)
    send(mailbox)

    first, second = tmp_path / "mail" / "1.eml", tmp_path / "mail" / "2.eml"
    assert first.read_bytes() == second.read_bytes() == LETTER
    assert first.stat().st_mode & 0o777 == 0o600


def test_a_restart_goes_on_counting_and_keeps_its_ports(mailbox: Mailbox, tmp_path: Path) -> None:
    send(mailbox)
    ports = mailbox.smtp_port, mailbox.page_port
    mailbox.stop()

    with Mailbox(tmp_path / "mail", *ports) as again:
        send(again)

    assert (again.smtp_port, again.page_port) == ports
    assert sorted(file.name for file in (tmp_path / "mail").iterdir()) == ["1.eml", "2.eml"]


def test_a_letter_is_shown_as_text_and_its_link_can_be_followed(mailbox: Mailbox, new_page: NewPage) -> None:
    send(mailbox)
    page = new_page()
    seen = browsers.watch(page)

    page.goto(mailbox.url)
    page.get_by_role("link", name="New request <b>K7QF-3MDX</b>").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("New request <b>K7QF-3MDX</b>")
    assert "<script>" in page.locator("pre").inner_text()
    link = page.get_by_role("link", name="/desk/")
    expect(link).to_have_attribute("href", "http://localhost:8000/desk/K7QF-3MDX?a=1&b=2")
    assert seen.complaints == []


@pytest.mark.parametrize("path", ["2", "0", "../server.env", "1.eml", "१"])
def test_what_is_no_letter_is_not_found(mailbox: Mailbox, path: str) -> None:
    send(mailbox)

    assert status(mailbox.url + urllib.parse.quote(path)) == 404


def test_a_foreign_name_for_this_machine_reads_no_letter(mailbox: Mailbox) -> None:
    send(mailbox)

    assert status(mailbox.url + "1", Host=f"evil.example:{mailbox.page_port}") == 400
    assert status(mailbox.url + "1", Host=f"127.0.0.1:{mailbox.page_port}") == 200
