"""The main job, end to end: real web server, real worker, real mail, real browser, both databases."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from playwright.sync_api import Page, expect
from psycopg import sql

from app.crypto import totp
from tests.conftest import NewPage
from tests.support import ports, running
from tests.support.running import Programs
from tests.support.smtp import SmtpTrap

MARKERS = ("Wilhelmina", "marzipan", "6025550147")


def test_a_request_is_sealed_told_opened_and_claimed(
    empty_database_url: str, tmp_path: Path, programs: Programs, smtp: SmtpTrap, new_page: NewPage
) -> None:
    """The whole path, from the first command to the claim; afterwards the database holds no word of it (S-11, V-49).

    With script on one database, without on the other.
    """
    script = empty_database_url.startswith("sqlite")
    port = ports.free()
    settings = running.environment(tmp_path, database_url=empty_database_url, mail_port=smtp.port, web_port=port)
    made = running.flask(settings, "setup", "--email", "grace@example.org", "--name", "Grace")
    assert made.returncode == 0, made.stderr
    web, worker = programs.web(settings, port), programs.worker(settings)

    supervisor = new_page(java_script_enabled=script, viewport={"width": 390, "height": 844})
    password, backup_code = _set_up(supervisor, re.search(r"http://\S+", made.stdout)[0])  # type: ignore[index]
    client = new_page(java_script_enabled=script, viewport={"width": 390, "height": 844})
    # Each process of the server looks every few seconds whether the form may be open.
    running.until(lambda: client.goto(web.url).status == 200, web)  # type: ignore[union-attr]
    words = _ask(client)
    [letter] = smtp.wait_for(1, about="A request is waiting")
    link = re.search(r"http://\S+/desk/[0-9A-Z-]+", letter.message.get_content())[0]  # type: ignore[index]

    counselor = new_page(java_script_enabled=script, viewport={"width": 390, "height": 844})
    counselor.goto(link)
    counselor.get_by_label("Email").fill("grace@example.org")
    counselor.get_by_label("Password").fill(password)
    counselor.get_by_label("Code from your authenticator").fill(backup_code)
    counselor.get_by_role("button", name="Sign in", exact=True).click()
    expect(counselor).to_have_url(link)
    expect(counselor.get_by_text("Wilhelmina")).to_be_visible()
    expect(counselor.get_by_text("marzipan")).to_be_visible()
    for word in words:
        expect(counselor.get_by_text(word, exact=True)).to_be_visible()
    assert "0147" not in counselor.content()
    counselor.get_by_role("button", name="This one is mine").click()
    expect(counselor.get_by_text("This request is yours.")).to_be_visible()
    _show_number(counselor)
    expect(counselor.locator('a[href="tel:+16025550147"]')).to_be_visible()

    web.stop()
    worker.stop()
    kept = _stored(empty_database_url) + letter.raw + b"".join(log.read_bytes() for log in tmp_path.glob("*.log"))
    assert not [marker for marker in MARKERS if marker.encode() in kept]
    # One of the words alone may well be the name of a table.
    first, second = (word.encode() for word in words)
    assert not re.search(first + b".{1,20}" + second + b"|" + second + b".{1,20}" + first, kept, re.DOTALL)
    verified = running.flask(settings, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _show_number(page: Page) -> None:
    """Ask for the number, and say why where this is no safe time: the journey starts at any hour."""
    page.get_by_role("button", name="Show number").click()
    if page.url.endswith("/reveal"):
        page.get_by_label("They agreed to this time").check()
        page.get_by_role("button", name="Show number").click()
    page.wait_for_url("**/number")


def _set_up(page: Page, link: str) -> tuple[str, str]:
    """Follow the one-time link to the live form; return the password and a printed code."""
    page.goto(link)
    password = page.locator(".phrase").inner_text()
    backup_code = page.locator(".backup li").first.inner_text()
    secret = base64.b32decode(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("Code from your authenticator").fill(totp.code(secret, datetime.now(UTC)))
    page.locator("#kept").check()
    page.get_by_role("button", name="Finish").click()
    recovery_code = page.locator(".recovery").inner_text()
    page.get_by_label("I called, and the phone showed exactly that.").check()
    page.get_by_label("Type the code from the printed sheet").fill(recovery_code.lower())
    page.get_by_role("button", name="The sheet is right").click()
    expect(page.get_by_role("heading", name="Requests")).to_be_visible()
    return password, backup_code


def _ask(page: Page) -> list[str]:
    """Fill the form as a client does; return the two words."""
    page.get_by_label("18 or older").check()
    page.get_by_label("What name should we use?").fill("Wilhelmina")
    page.get_by_label("Please call me").check()
    page.get_by_label("Phone number").fill("(602) 555-0147")
    page.get_by_label("Monday, Morning").check()
    page.get_by_label("What state will you be in").select_option("AZ")
    page.get_by_label("Your time zone").select_option("America/Phoenix")
    note = page.get_by_label("Is there anything we should know")
    if not note.is_visible():
        page.locator("summary", has_text="Tell us more").click()
    note.fill("marzipan")
    page.get_by_label("Yes, you can use what I wrote").check()
    while "/done/" not in page.url:
        # Sent within two seconds of its showing, the form is shown once more, with everything kept (S-18).
        expect(page.get_by_label("What name should we use?")).to_have_value("Wilhelmina")
        page.get_by_role("button", name="Send my request").last.click()
    expect(page).to_have_url(re.compile("/done/"))
    return page.locator(".words b").all_inner_texts()


def _stored(url: str) -> bytes:
    """Return every byte the database keeps: SQLite's files, or every row of PostgreSQL's tables."""
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    found = b""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                found += b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    return found
