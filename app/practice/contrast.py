"""Colors a practice may choose, and whether everybody can read with them (D-12)."""

# `key` makes a dataclass field, not a shared default.
# ruff: noqa: RUF009

from collections.abc import Iterator
from dataclasses import dataclass

from app.practice.kinds import Mistake, Section, key
from app.practice.values import COLOR

#: What WCAG asks of edges and large shapes, of text, and what our own text holds (A-11).
EDGE, TEXT, OWN_TEXT = 3.0, 4.5, 7.0


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The three colors of one theme that a practice may change."""

    brand: str
    #: Falls back to a changed `brand`: the stock hover color would not go with it.
    brand_hover: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class Light(Palette):
    brand: str = key(COLOR, "#1C5850")
    brand_hover: str = key(COLOR, "#174A45")
    ground: str = key(COLOR, "#FBF8F3")


@dataclass(frozen=True, kw_only=True)
class Dark(Palette):
    brand: str = key(COLOR, "#8CCFC3")
    brand_hover: str = key(COLOR, "#A9DED4")
    ground: str = key(COLOR, "#141C1B")


@dataclass(frozen=True)
class Fixed:
    """The tokens of a theme that stay as they are, as far as they meet the chosen colors."""

    on_brand: str
    surface: str
    texts: tuple[tuple[str, str], ...]
    edges: tuple[tuple[str, str], ...]


LIGHT = Fixed(
    on_brand="#FFFFFF",
    surface="#FFFFFF",
    texts=(("text", "#22302E"), ("help", "#44534F"), ("links", "#19566A"), ("errors", "#8F2F20")),
    edges=(("borders", "#6F7F7B"), ("the exit button", "#22302E"), ("the focus ring", "#1B4D8F")),
)
DARK = Fixed(
    on_brand="#0E1A18",
    surface="#1C2625",
    texts=(("text", "#EAF1EE"), ("help", "#B3C2BD"), ("links", "#9CCBE0"), ("errors", "#F5A993")),
    edges=(("borders", "#84958F"), ("the exit button", "#EAF1EE"), ("the focus ring", "#FFD479")),
)


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


def _weak(palette: Palette, fixed: Fixed) -> Iterator[Mistake]:
    needs = [
        ("brand", "the text on it", palette.brand, fixed.on_brand, TEXT),
        ("brand", "the ground", palette.brand, palette.ground, EDGE),
        ("brand", "the fields", palette.brand, fixed.surface, EDGE),
        ("brand_hover", "the text on it", palette.brand_hover, fixed.on_brand, TEXT),
    ]
    needs += [("ground", name, palette.ground, text, OWN_TEXT) for name, text in fixed.texts]
    needs += [("ground", name, palette.ground, edge, EDGE) for name, edge in fixed.edges]
    for name, against, chosen, other, need in needs:
        found = ratio(chosen, other)
        if found < need:
            yield Mistake(
                (name,),
                f"a color with at least {need:g}:1 contrast to {against} ({other}), found {chosen} with {found:.2f}:1",
            )


def _weak_light(palette: Light) -> Iterator[Mistake]:
    return _weak(palette, LIGHT)


def _weak_dark(palette: Dark) -> Iterator[Mistake]:
    return _weak(palette, DARK)


@dataclass(frozen=True, kw_only=True)
class Colors:
    light: Light = key(Section(Light, _weak_light), Light())
    dark: Dark = key(Section(Dark, _weak_dark), Dark())
