"""The desk in a real browser: small screens, fingers, keyboard, paper, and what is left after signing out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from app.domain.rota import rota
from app.domain.team import team
from app.models import Role
from tests.support import browser as browsers
from tests.support import schema, serving
from tests.support.office import Office, Person

TOO_SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((target) => !target.matches(".skip"))
  .map((target) => [target.outerHTML, (target.closest("label") || target).getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 44 || box.height < 44)).map(([html]) => html)"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("desk")
    with serving.office(schema.sqlite(folder), folder) as served:
        yield served


@pytest.fixture
def page(browser_with_back: Browser) -> Iterator[Page]:
    """A page in a browser as people have it, with its cache for Back."""
    with browsers.Profiles(browser_with_back) as profiles:
        yield profiles.new_page()


@pytest.fixture(scope="module")
def supervisor(office: Office) -> Person:
    return office.found()


@pytest.fixture(scope="module")
def paths(office: Office, supervisor: Person) -> list[str]:
    """Every page of the desk that has something to show."""
    reference = office.ask(name="A name of some length", note="One long word: " + "x" * 90)
    office.on_call(supervisor)
    office.join("newcomer-with-a-long-address@example.org")
    with office.work() as work:
        [shift] = rota.shifts(work, work.now, work.now + timedelta(days=1))
        link = team.invite(work, email="another-long-address@example.org", name="Ada Example", role=Role.COUNSELOR)
    below = [f"{reference}/{name}" for name in ("hold", "erase", "export", "print")]
    pages = [
        "",
        "team",
        "rota",
        "account",
        "recovery-sheet",
        "sign-in",
        reference,
        f"{reference}/wishes",
        *below,
        "new",
        "new/teen",
        "called",
        f"rota/{shift.id}",
        "account/passkeys/new",
    ]
    pages.append(f"invite/{link}")
    return [serving.address(office, f"/desk/{page}") for page in pages]


def sign_in(page: Page, person: Person, address: str) -> Page:
    page.context.add_cookies([{"name": "s", "value": person.cookie, "url": address}])
    return page


@pytest.mark.parametrize("width", [256, 320, 390, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, supervisor: Person, paths: list[str], width: int) -> None:
    """A-12."""
    sign_in(page, supervisor, paths[0])
    page.set_viewport_size({"width": width, "height": 640})

    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("width", [320, 1280])
def test_everything_one_can_press_is_large_enough(page: Page, supervisor: Person, paths: list[str], width: int) -> None:
    """A-10."""
    sign_in(page, supervisor, paths[0])
    page.set_viewport_size({"width": width, "height": 640})

    for path in paths:
        page.goto(path)
        assert page.evaluate(TOO_SMALL) == [], path


def test_the_browser_finds_nothing_to_complain_about(page: Page, supervisor: Person, paths: list[str]) -> None:
    """The content policy allows all that the desk uses, and the desk asks nobody else."""
    sign_in(page, supervisor, paths[0])
    seen = browsers.watch(page)

    for path in paths:
        page.goto(path)

    assert seen.complaints == []
    assert len(seen.hosts) == 1


def test_a_mistake_takes_the_focus_to_its_summary_and_on_to_the_field(
    page: Page, supervisor: Person, paths: list[str]
) -> None:
    """A-03, A-15: by keyboard alone."""
    sign_in(page, supervisor, paths[0]).goto(paths[2])
    page.get_by_role("button", name="Plan this shift").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".problem:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#starts_at"
    assert page.locator("#starts_at").evaluate("(field) => field.matches(':focus-within, :focus, :target')")


def test_focus_is_always_seen(page: Page, supervisor: Person, paths: list[str]) -> None:
    """A-09."""
    sign_in(page, supervisor, paths[0]).goto(paths[1])
    for _ in range(page.locator("a, button, summary").count()):
        page.keyboard.press("Tab")
        ring = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid 3px" in ring or "3px" in ring


def test_the_paper_holds_the_codes_and_neither_password_nor_secret(page: Page, paths: list[str]) -> None:
    """A-22."""
    page.goto(paths[-1])
    page.emulate_media(media="print")

    assert page.locator(".backup li").first.is_visible()
    for part in (".phrase", ".qr", ".secret", "button", "#password"):
        assert page.locator(part).first.is_hidden(), part


def test_the_paper_of_a_request_holds_the_request_and_nothing_else(
    page: Page, supervisor: Person, paths: list[str]
) -> None:
    """A-22."""
    [path] = [path for path in paths if path.endswith("/print")]
    sign_in(page, supervisor, path).goto(path)
    page.emulate_media(media="print", color_scheme="dark")

    assert page.get_by_text("A name of some length").is_visible()
    for part in ("header", ".screen", "button"):
        assert page.locator(part).first.is_hidden(), part
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_the_whole_qr_code_can_be_seen(page: Page, paths: list[str]) -> None:
    page.goto(paths[-1])

    drawn, box = (page.locator(part).bounding_box() for part in (".qr svg path >> nth=0", ".qr svg"))

    assert drawn is not None
    assert drawn == pytest.approx(box)


def test_after_signing_out_back_shows_nothing(page: Page, office: Office, supervisor: Person, paths: list[str]) -> None:
    """V-22."""
    person = office.hire(supervisor, "ben@example.org")
    sign_in(page, person, paths[0]).goto(paths[6])
    assert "A name of some length" in page.content()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")

    page.go_back()

    assert "A name of some length" not in page.content()
