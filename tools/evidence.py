"""Reads the requirements from docs/requirements.md and writes docs/safety-evidence.md: the tests of each."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "requirements.md"
OUT = ROOT / "docs" / "safety-evidence.md"

#: Each requirement's sentence, by its id.
REQUIREMENTS: Mapping[str, str] = dict(
    re.findall(r"^- \*\*([A-Z]-\d\d|Must hold \d+)\*\* (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
)

_LIMITS = (
    "Browsers: Debian's Chromium with its back/forward cache on, and Debian's Firefox ESR, each with and without",
    "scripts. What no test can tell, people check: [before-release.md](before-release.md).",
    "Known: on the page that the browser may fill in (`/autofill`), without scripts, Chromium may give back the name",
    "after Back, never the number or the note. That page is a choice of its own; the usual form gives back nothing.",
    "",
    "Markup is checked by axe-core (light and dark), the Nu validator and html-validate on every page in every state,",
    "of the public side in both languages and of the desk. What they find is a floor: about a third of all barriers.",
)

_IN_NAME = re.compile(r"(?<=_)([acdfsv])(\d\d)(?=_)")
_IN_TEXT = re.compile(r"\b([ACDFSV])-(\d\d)\b(?:(?:\.\.| to )\1-(\d\d))?")
_MUST_HOLD = re.compile(r"\bmust hold (\d+)(?: and (\d+))?", re.IGNORECASE)
_WRITTEN = {".css", ".html", ".js", ".md", ".py", ".toml", ".txt", ".xml"}


@cache
def held() -> dict[str, list[str]]:
    """Return the tests of each requirement, by file and name."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in sorted({*named(node.name), *named(ast.get_docstring(node) or "")}):
                    found[number].append(f"{file.relative_to(ROOT)}::{node.name}")
    return found


def named(text: str) -> Iterator[str]:
    """Yield each id in a text or in the name of a test, and each id of a range."""
    for letter, digits in _IN_NAME.findall(text):
        yield f"{letter.upper()}-{digits}"
    for letter, first, last in _IN_TEXT.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{letter}-{number:02}"
    for numbers in _MUST_HOLD.findall(text):
        yield from (f"Must hold {number}" for number in numbers if number)


def used() -> dict[str, str]:
    """Return each id that code, templates, tests or docs use, with a file that uses it."""
    folders = (ROOT / top for top in ("app", "templates", "tests", "docs", "script", "migrations"))
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix in _WRITTEN]
    found: dict[str, str] = {}
    for file in (*files, *ROOT.glob("*.py"), *ROOT.glob("*.md")):
        if file not in (PAGE, OUT):
            for number in named(file.read_text(encoding="utf-8")):
                found.setdefault(number, str(file.relative_to(ROOT)))
    return found


def page() -> str:
    """Return the whole document."""
    tests = held()
    lines = [
        "# Evidence of safety",
        "",
        "Each requirement of [requirements.md](requirements.md), and its tests. `python -m tools.evidence`",
        "writes this page; a test fails when the page is older than the tests.",
        "",
        *_LIMITS,
        "",
    ]
    for number, sentence in REQUIREMENTS.items():
        lines += [f"## {number}", "", sentence, ""]
        lines += [f"- `{test.replace('tests/', '', 1)}`" for test in tests.get(number, [])]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(page(), encoding="utf-8")
