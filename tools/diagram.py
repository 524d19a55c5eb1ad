"""Draws a graph without circles as SVG, in rows. Every arrow goes down, and arrows that others imply are left out."""

import math
from collections.abc import Mapping, Set
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape

Graph = Mapping[str, Set[str]]

WIDTH = 800
BOX_HEIGHT = 28
_ROW = 64
_MARGIN = 12
_GAP = 20
_LETTER = 7.4
_STYLE = """\
    .ground { fill: #fbf8f3 } .edge { fill: #e3ecf7 } .domain { fill: #e2f0e8 } .base { fill: #f4e9d3 }
    rect.box { stroke: #6f7f7b } text { fill: #22302e; font: 13px system-ui, sans-serif; text-anchor: middle }
    path { fill: none; stroke: #6f7f7b; stroke-width: 1.25 } marker path { fill: #6f7f7b; stroke: none }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #141c1b } .edge { fill: #22344c } .domain { fill: #1f3d30 } .base { fill: #40351f }
      rect.box, path { stroke: #84958f } text { fill: #eaf1ee } marker path { fill: #84958f }
    }"""


class Circle(Exception):
    """Packages import each other, so they cannot be drawn in rows."""


class _Stop(NamedTuple):
    """A box, or a place where a long arrow passes a row."""

    row: int
    name: str
    passing_to: str = ""

    def width(self) -> float:
        return 10 if self.passing_to else len(short(self.name)) * _LETTER + 16


def short(name: str) -> str:
    """Return at most the last two parts of a name."""
    return "/".join(name.split("/")[-2:])


def below(graph: Graph, name: str) -> set[str]:
    """Return all names that a name leads to, over any number of arrows."""
    found: set[str] = set()
    waiting = list(graph[name])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += graph[other]
    return found


def reduced(graph: Graph) -> dict[str, set[str]]:
    """Return the graph without arrows that a longer way replaces."""
    reach = {name: below(graph, name) for name in graph}
    if circle := sorted(name for name in graph if name in reach[name]):
        raise Circle(", ".join(circle))
    return {name: set(ends) - {end for other in ends for end in reach[other]} for name, ends in graph.items()}


def rows(graph: Graph) -> list[list[str]]:
    """Return the names in rows from top to bottom: each name above all it leads to, by the longest way."""
    height: dict[str, int] = {}

    def measure(name: str) -> int:
        if name not in height:
            height[name] = 1 + max((measure(end) for end in graph[name]), default=-1)
        return height[name]

    top = max(measure(name) for name in graph)
    return [sorted(name for name in graph if height[name] == top - row) for row in range(top + 1)]


def svg(graph: Graph, groups: Mapping[str, str], title: str) -> str:
    """Return the picture. `groups` names the color of each box."""
    arrows = reduced(graph)
    levels = rows(arrows)
    ways = _ways(arrows, {name: row for row, names in enumerate(levels) for name in names})
    places = _places(levels, ways)
    height = len(levels) * _ROW + 2 * _MARGIN - (_ROW - BOX_HEIGHT)
    told = "; ".join(f"{name} imports {', '.join(sorted(ends))}" for name, ends in sorted(arrows.items()) if ends)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d">',
        f'  <title id="t">{escape(title)}</title>',
        f'  <desc id="d">{escape(told)}.</desc>',
        f"  <style>\n{_STYLE}\n  </style>",
        '  <marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
        '    <path d="M0 0 8 4 0 8z"/>',
        "  </marker>",
        f'  <rect class="ground" width="{WIDTH}" height="{height}"/>',
        *(_arrow(way, places) for way in ways),
        *(_box(stop, x, groups[stop.name]) for stop, x in sorted(places.items()) if not stop.passing_to),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _ways(arrows: Graph, row: Mapping[str, int]) -> list[list[_Stop]]:
    """Return each arrow as its stops from box to box, one in each row."""
    return [
        [
            _Stop(row[name], name),
            *(_Stop(passed, name, end) for passed in range(row[name] + 1, row[end])),
            _Stop(row[end], end),
        ]
        for name in sorted(arrows)
        for end in sorted(arrows[name])
    ]


def _places(levels: list[list[str]], ways: list[list[_Stop]]) -> dict[_Stop, float]:
    """Return the middle of each stop: near the stops it is joined to, and not on another one of its row."""
    stops = {_Stop(row, name) for row, names in enumerate(levels) for name in names} | {s for way in ways for s in way}
    joined: dict[_Stop, list[_Stop]] = {stop: [] for stop in sorted(stops)}
    for way in ways:
        for upper, lower in pairwise(way):
            joined[upper].append(lower)
            joined[lower].append(upper)
    place: dict[_Stop, float] = {}
    for row in range(len(levels)):
        in_row = [stop for stop in joined if stop.row == row]
        place |= {stop: (index + 1) * WIDTH / (len(in_row) + 1) for index, stop in enumerate(in_row)}
    sweep = [*range(len(levels)), *reversed(range(len(levels)))]
    for turn, row in enumerate(sweep * 12):
        in_row = [stop for stop in joined if stop.row == row]
        downward = turn % len(sweep) < len(levels)
        wished = {stop: _wish(stop, joined[stop], place, downward=downward) for stop in in_row}
        place |= _apart(sorted(in_row, key=lambda stop: (wished[stop], stop)), wished)
    return _centered(place)


def _wish(stop: _Stop, joined: list[_Stop], place: Mapping[_Stop, float], *, downward: bool) -> float:
    """Return the middle of the stops in the row that was placed before, or of all where there are none."""
    side = [place[other] for other in joined if (other.row < stop.row) == downward] or [place[o] for o in joined]
    return sum(side) / len(side) if side else place[stop]


def _apart(in_order: list[_Stop], wished: Mapping[_Stop, float]) -> dict[_Stop, float]:
    """Return places in this order, as near to the wished ones as possible without overlaps."""
    place: dict[_Stop, float] = {}
    edge = -math.inf
    for stop in in_order:
        place[stop] = max(wished[stop], edge + stop.width() / 2)
        edge = place[stop] + stop.width() / 2 + _GAP
    pushed = sum(place[stop] - wished[stop] for stop in in_order) / len(in_order)
    return {stop: middle - pushed for stop, middle in place.items()}


def _centered(place: Mapping[_Stop, float]) -> dict[_Stop, float]:
    """Return the places moved to the middle of the page."""
    left = min(middle - stop.width() / 2 for stop, middle in place.items())
    right = max(middle + stop.width() / 2 for stop, middle in place.items())
    return {stop: middle + (WIDTH - left - right) / 2 for stop, middle in place.items()}


def _top(stop: _Stop) -> int:
    return _MARGIN + stop.row * _ROW


def _arrow(way: list[_Stop], places: Mapping[_Stop, float]) -> str:
    x, y = round(places[way[0]]), _top(way[0]) + BOX_HEIGHT
    path = f"M{x} {y}"
    for stop in way[1:]:
        to_x, to_y = round(places[stop]), _top(stop)
        path += f"C{x} {(y + to_y) // 2} {to_x} {(y + to_y) // 2} {to_x} {to_y}"
        x, y = to_x, to_y
        if stop.passing_to:
            y += BOX_HEIGHT
            path += f"V{y}"
    return f'  <path d="{path}" marker-end="url(#tip)"/>'


def _box(stop: _Stop, middle: float, group: str) -> str:
    left, top = round(middle - stop.width() / 2), _top(stop)
    return (
        f'  <rect class="box {group}" x="{left}" y="{top}" width="{round(stop.width())}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<text x="{round(middle)}" y="{top + 19}">{escape(short(stop.name))}</text>'
    )
