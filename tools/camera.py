"""Takes pictures of pages, and names each after its page, language, screen and theme."""

from typing import Any, Literal

from playwright.sync_api import Page

from tests.support.running import ROOT

OUT = ROOT / "docs" / "screenshots"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}


class Camera:
    """Takes pictures in one size, theme and language, of the pages whose name contains the wanted text."""

    def __init__(self, size: str, theme: Literal["light", "dark"], language: str, wanted: str) -> None:
        self._name = f"{language}-{size}-{theme}"
        self._wanted = wanted
        width, height = SIZES[size]
        self.options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": theme}

    def take(self, page: Page, name: str) -> None:
        if self._wanted in name:
            page.screenshot(path=OUT / f"{name}-{self._name}.png", full_page=True)
