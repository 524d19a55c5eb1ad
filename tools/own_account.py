"""Photographs the account and team pages: a new address until it is confirmed, and the folded parts."""

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.support import running
from tests.support.smtp import SmtpTrap

Take = Callable[[Page, str], None]
Post = Callable[[], str]


def posting(settings: Mapping[str, str], trap: SmtpTrap) -> Post:
    """Return a function that sends the waiting letters and returns the text of all letters."""

    def post() -> str:
        running.flask(settings, "worker", "--once")
        return "\n".join(letter.message.get_content() for letter in trap.letters)

    return post


def photograph(page: Page, url: str, take: Take, post: Post) -> None:
    """Ask for another address, photograph the page of its link, and keep the old address."""
    for name in ("team", "account"):
        page.goto(f"{url}/desk/{name}")
        page.eval_on_selector_all("main details", "(folds) => folds.forEach((fold) => { fold.open = true; })")
        take(page, f"desk-{name}-unfolded")
    page.locator("#email").fill("grace@new-address.example.org")
    page.locator("form[action$='/address'] [data-passkey]").click()
    page.get_by_role("button", name="Keep the old address").wait_for()
    take(page, "desk-account-moving")
    page.goto(re.findall(r"http\S+/account/address/\w+", post())[-1])
    take(page, "desk-address")
    page.goto(f"{url}/desk/account")
    page.get_by_role("button", name="Keep the old address").click()
