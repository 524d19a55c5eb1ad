"""Colors a practice may choose, and whether everybody can read with them (D-12)."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator

from app.practice.kinds import Mistake, refusal
from app.practice.values import Color

#: What WCAG asks of edges and large shapes, of text, and what our own text holds (A-11).
EDGE, TEXT, OWN_TEXT = 3.0, 4.5, 7.0


@dataclass(frozen=True, kw_only=True)
class Light:
    """The three colors of the light theme that a practice may change, and the fixed ones that meet them."""

    brand: Color = "#1C5850"
    #: Falls back to a changed `brand`: the stock hover color would not go with it.
    brand_hover: Color = "#174A45"
    ground: Color = "#FBF8F3"

    on_brand: ClassVar = "#FFFFFF"
    surface: ClassVar = "#FFFFFF"
    texts: ClassVar = {"text": "#22302E", "help": "#44534F", "links": "#19566A", "errors": "#8F2F20"}
    edges: ClassVar = {"borders": "#6F7F7B", "the exit button": "#22302E", "the focus ring": "#1B4D8F"}


@dataclass(frozen=True, kw_only=True)
class Dark(Light):
    brand: Color = "#8CCFC3"
    brand_hover: Color = "#A9DED4"
    ground: Color = "#141C1B"

    on_brand: ClassVar = "#0E1A18"
    surface: ClassVar = "#1C2625"
    texts: ClassVar = {"text": "#EAF1EE", "help": "#B3C2BD", "links": "#9CCBE0", "errors": "#F5A993"}
    edges: ClassVar = {"borders": "#84958F", "the exit button": "#EAF1EE", "the focus ring": "#FFD479"}


Theme = TypeVar("Theme", bound=Light)


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def luminance(color: str) -> float:
    red, green, blue = (_linear(value) for value in bytes.fromhex(color.removeprefix("#")))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colors as WCAG 2 computes it, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(theme: Theme) -> Theme:
    needs = [
        ("brand", "the text on it", theme.brand, theme.on_brand, TEXT),
        ("brand", "the ground", theme.brand, theme.ground, EDGE),
        ("brand", "the fields", theme.brand, theme.surface, EDGE),
        ("brand_hover", "the text on it", theme.brand_hover, theme.on_brand, TEXT),
    ]
    needs += [("ground", name, theme.ground, text, OWN_TEXT) for name, text in theme.texts.items()]
    needs += [("ground", name, theme.ground, edge, EDGE) for name, edge in theme.edges.items()]
    mistakes = [
        Mistake(
            (name,),
            f"a color with at least {need:g}:1 contrast to {against} ({other}), found {chosen} with {found:.2f}:1",
        )
        for name, against, chosen, other, need in needs
        if (found := ratio(chosen, other)) < need
    ]
    if mistakes:
        raise refusal(mistakes)
    stock = type(theme)()
    hover_follows = theme.brand != stock.brand and theme.brand_hover == stock.brand_hover
    return replace(theme, brand_hover=theme.brand) if hover_follows else theme


@dataclass(frozen=True, kw_only=True)
class Colors:
    light: Annotated[Light, AfterValidator(_readable)] = Light()
    dark: Annotated[Dark, AfterValidator(_readable)] = Dark()
