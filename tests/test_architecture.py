"""The picture of the parts and their table are what the imports say."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.source import Module, Source
from tools import architecture, diagram


@pytest.fixture(scope="module")
def app_source() -> Source:
    return architecture.read()


def test_the_picture_is_current(app_source: Source) -> None:
    assert architecture.PICTURE.read_text(encoding="utf-8") == architecture.picture(app_source), (
        "run: script/architecture"
    )


def test_the_table_is_current(app_source: Source) -> None:
    text = architecture.PAGE.read_text(encoding="utf-8")

    assert "| domain |" in text
    assert text == architecture.page(app_source, text), "run: script/architecture"


def parts(*files: str | tuple[str, str]) -> dict[str, list[str]]:
    """Return what each part of a small application imports."""
    texts = [(file, "") if isinstance(file, str) else file for file in files]
    packages = {name.rpartition(".")[0] for name, _ in texts}
    modules = [Module(name, text, package=name in packages) for name, text in texts]
    return {name: sorted(part.imports) for name, part in architecture.parts(Source(modules)).items()}


def test_files_right_below_a_package_are_one_part_and_each_package_in_it_is_another() -> None:
    found = parts(
        "app",
        "app.domain",
        "app.domain.work",
        ("app.domain.audit", "from app.domain import work"),
        "app.domain.vault",
        ("app.domain.vault.epochs", "from app.domain import audit"),
        "app.domain.calls",
        ("app.domain.calls.dialing", "from app.domain.vault import epochs\nfrom app.domain.work import Work"),
    )

    assert found == {"app": [], "domain": [], "domain/calls": ["domain", "domain/vault"], "domain/vault": ["domain"]}


def test_files_of_the_base_are_one_part_and_what_joins_the_packages_belongs_to_the_start() -> None:
    found = parts(
        ("app", "from app import web"),
        "app.db",
        ("app.schema", "from app import db"),
        ("app.current", "from app import schema"),
        ("app.web", "from app.web import routes"),
        ("app.web.routes", "from app.web.desk import forms"),
        ("app.web.guard", "from app import current"),
        ("app.web.desk", "from app.web.desk.lists import queue"),
        ("app.web.desk.forms", "from app.web import guard"),
        "app.web.desk.lists",
        ("app.web.desk.lists.queue", "from app.web.desk import forms"),
    )

    assert found == {
        "app": ["web/desk", "web/desk/lists"],
        "base files": [],
        "current": ["base files"],
        "web": ["current"],
        "web/desk": ["web"],
        "web/desk/lists": ["web/desk"],
    }


GRAPHS = st.lists(st.sets(st.integers(0, 9), max_size=4), min_size=1, max_size=10).map(
    lambda ends: {f"part{name}": {f"part{end}" for end in found if end < name} for name, found in enumerate(ends)}
)


@given(GRAPHS)
def test_an_arrow_that_is_left_out_is_one_that_others_imply(graph: dict[str, set[str]]) -> None:
    drawn = diagram.reduced(graph)

    assert {name: diagram.below(drawn, name) for name in graph} == {name: diagram.below(graph, name) for name in graph}
    for ends in drawn.values():
        assert not any(end in diagram.below(drawn, other) for end in ends for other in ends)


@given(GRAPHS)
def test_every_arrow_points_down(graph: dict[str, set[str]]) -> None:
    row = {name: number for number, names in enumerate(diagram.rows(graph)) for name in names}

    assert row.keys() == graph.keys()
    assert all(row[name] < row[end] for name, ends in graph.items() for end in ends)


def test_parts_that_import_each_other_are_not_drawn() -> None:
    with pytest.raises(diagram.Circle, match="calls, team"):
        diagram.svg({"calls": {"team"}, "team": {"calls"}, "work": set()}, {}, "A circle")


def test_no_box_lies_over_another_or_leaves_the_picture(app_source: Source) -> None:
    drawn = architecture.PICTURE.read_text(encoding="utf-8")
    boxes = sorted(
        (int(y), int(x), int(width))
        for x, y, width in re.findall(r'<rect class="box \w+" x="(-?\d+)" y="(\d+)" width="(\d+)"', drawn)
    )

    assert len(boxes) == len(architecture.parts(app_source))
    assert all(x >= 0 and x + width <= diagram.WIDTH for _, x, width in boxes)
    for (y, x, width), (next_y, next_x, _) in pairwise(boxes):
        assert next_y > y or next_x > x + width
