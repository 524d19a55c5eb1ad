"""Colors of a practice that everybody can read with."""

import pytest

from app.practice.contrast import ratio
from app.practice.reading import understand
from tests.practice.damage import FULL, changed, lines


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [("#FFFFFF", "#000000", 21.0), ("#FFFFFF", "#1C5850", 8.20), ("#6F7F7B", "#FBF8F3", 3.97)],
)
def test_contrast_is_computed_as_wcag_does(one: str, other: str, known: float) -> None:
    assert ratio(one, other) == ratio(other, one) == pytest.approx(known, abs=0.005)


@pytest.mark.parametrize(
    ("path", "color", "against"),
    [
        ("colors.light.brand", "#8CCFC3", "4.5:1 contrast to the text on it"),
        ("colors.light.brand", "#FFFFFF", "3:1 contrast to the ground"),
        ("colors.light.brand_hover", "#FF976A", "4.5:1 contrast to the text on it"),
        ("colors.light.ground", "#B0B0B0", "7:1 contrast to help"),
        ("colors.dark.brand", "#1C5850", "4.5:1 contrast to the text on it"),
        ("colors.dark.brand", "#141C1B", "3:1 contrast to the ground"),
        ("colors.dark.ground", "#FFFFFF", "7:1 contrast to text"),
    ],
)
def test_a_color_nobody_can_read_with_is_refused(path: str, color: str, against: str) -> None:
    """D-12: 4.5:1 with its text, 3:1 with the ground, in both themes."""
    found = lines(changed(path, color))

    assert any(line.startswith(f"{path}: ") and against in line for line in found), found


def test_a_new_brand_color_without_a_hover_color_serves_as_both() -> None:
    table = FULL | {"colors": {"light": {"brand": "#1F4E79"}}}

    light = understand(table).colors.light

    assert light.brand_hover == "#1F4E79"
