"""What a person does at the form in a browser."""

from playwright.sync_api import Page

NAME, PHONE, NOTE = "Wilhelmina", "602 555 0147", "marzipan"


def write(page: Page) -> None:
    """Type what nobody else should read."""
    page.fill("[name=name]", NAME)
    page.fill("[name=phone]", PHONE)
    if not page.locator("#note").is_visible():
        page.click("details:has(#note) > summary")
    page.fill("#note", NOTE)


def written(page: Page) -> list[str]:
    """Return what the form holds of it."""
    page.wait_for_selector("[name=name]", state="attached")
    return [page.locator(f"[name={name}]").input_value() for name in ("name", "phone", "note")]


def fill(page: Page) -> None:
    """Answer what has to be answered."""
    page.check("[name=age][value=adult]")
    page.fill("#name", NAME)
    page.check("[name=way][value=call]")
    page.fill("#phone", PHONE)
    page.check("[value=mon-am]")
    page.select_option("#state", "AZ")
    page.select_option("#tz", "America/Phoenix")
    page.check("#consent")


def send(page: Page) -> None:
    """Send it, no faster than anybody reads (S-18)."""
    page.wait_for_timeout(2_100)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/done/**")
