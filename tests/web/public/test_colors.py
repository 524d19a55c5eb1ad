"""The tokens of both themes: every pair that meets on a page, computed as WCAG 2 does (A-11)."""

import re

import pytest

from app.practice.contrast import ratio
from tests.support.running import ROOT

SHEET = (ROOT / "app" / "static" / "base.css").read_text(encoding="utf-8")
THEMES = dict(
    zip(
        ("light", "dark"),
        (
            dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", block))
            for block in re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
        ),
        strict=True,
    )
)
TEXTS = {
    "ink": ("bg", "surface", "tint", "warn-bg", "err-bg"),
    "muted": ("bg", "surface", "tint"),
    "link": ("bg", "surface", "warn-bg", "tint"),
    "on-brand": ("brand", "brand-hi"),
    "on-exit": ("exit",),
    "err": ("bg", "surface", "err-bg"),
    # The lettering of a button that is not filled.
    "brand": ("bg", "tint"),
}
EDGES = {
    "brand": ("bg", "surface"),
    "exit": ("bg",),
    "line": ("bg", "surface"),
    "focus": ("bg", "surface", "tint", "warn-bg"),
}


def weak(theme: str, pairs: dict[str, tuple[str, ...]], need: float) -> dict[str, float]:
    tokens = THEMES[theme]
    found = {
        f"{one} on {other}": ratio(tokens[one], tokens[other]) for one, others in pairs.items() for other in others
    }
    return {pair: value for pair, value in found.items() if value < need}


@pytest.mark.parametrize("theme", THEMES)
def test_a11_d10_every_text_has_seven_to_one_and_every_edge_three_to_one(theme: str) -> None:
    assert len(THEMES[theme]) == 17
    assert weak(theme, TEXTS, 7) == {}
    assert weak(theme, EDGES, 3) == {}


@pytest.mark.parametrize("theme", THEMES)
def test_a09_the_ring_of_the_focus_has_seven_to_one_to_the_page(theme: str) -> None:
    assert weak(theme, {"focus": ("bg",)}, 7) == {}


def test_d10_no_color_stands_beside_the_tokens() -> None:
    rules = re.sub(r":root \{.*?\}", "", SHEET, flags=re.DOTALL)

    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(|hsla?\(", rules)
