"""Writes docs/safety-evidence.md: each requirement of the public side, and the tests that hold it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "safety-evidence.md"

#: What the public side must keep, in a few words. Requirements of the desk are held elsewhere.
REQUIREMENTS: Mapping[str, str] = {
    "S-01": "no cookie, no storage, no service worker",
    "S-02": "the way out, the help and the warning on every page",
    "S-03": "no request to anybody else",
    "S-04": "nothing may be kept in a cache",
    "S-05": "Back finds an empty page",
    "S-06": "no referrer",
    "S-07": "neutral titles, paths and icons",
    "S-08": "a host name that says little",
    "S-09": "nothing of a person in an address",
    "S-10": "no address and no browser in a log",
    "S-11": "works without scripts, images and styles",
    "S-12": "post, redirect, get; errors are 422",
    "S-13": "the confirmation is gone after three minutes",
    "S-14": "sent twice is one request",
    "S-15": "the browser neither keeps nor checks what is typed",
    "S-16": "a form of its own for who wants it filled in",
    "S-17": "a page lasts for a day",
    "S-18": "no captcha; machines and floods are slowed, people never lose what they typed",
    "S-19": "forged posts are refused",
    "S-20": "the way out is first, and in view",
    "S-21": "leaving stays in the same tab",
    "S-22": "with scripts: blank at once, and no way back",
    "S-23": "without scripts: a blank page that clears and goes on",
    "S-24": "leaving leads to a neutral site of the practice's choice",
    "S-25": "Shift three times leaves, typing never does",
    "S-26": "leaving is not counted",
    "S-27": "“Leave this page”, in ink and not in red",
    "S-28": "leaving asks nothing",
    "S-29": "leaving works on every page",
    "S-30": "what was sent is kept",
    "S-31": "leaving respects less motion and forced colors",
    "S-32": "no promise that nobody can keep",
    "S-33": "safer ways are told",
    "S-34": "who may see the call stands beside the number",
    "S-35": "911 and 988 before the first field",
    "S-36": "help lines in one file, checked within 180 days",
    "S-37": "no question about self-harm or violence",
    "S-40": "age first; nothing of a minor is kept",
    "S-41": "guardian first, and no setting for it",
    "S-42": "a parent asks without naming the teen",
    "S-44": "hours, usual reply, a date, and what to do if nobody calls",
    "S-45": "the limits of privacy before the note",
    "S-46": "no mailing list",
    "S-47": "undo takes everything back",
    "S-49": "the notice is dated, easy, in both languages, and its version is kept",
    "A-01": "labels, groups, help and errors are joined",
    "A-02": "the purpose of fields, on the page that may be filled in",
    "A-03": "the summary of errors",
    "A-04": "a request can be taken back",
    "A-05": "nothing is typed twice",
    "A-06": "help in the same order",
    "A-08": "no limit of time under 20 hours",
    "A-09": "focus is seen, never behind the bar",
    "A-10": "targets of 44 px",
    "A-11": "contrast of 7:1",
    "A-12": "no sideways scrolling down to 256 px",
    "A-13": "text at 200 %",
    "A-14": "wide spacing of text",
    "A-15": "everything by keyboard, nothing by hovering",
    "A-16": "no motion for who wants none",
    "A-17": "forced colors",
    "A-18": "light and dark",
    "A-19": "the language is said",
    "A-20": "order, landmarks, headings",
    "A-21": "no links in hints",
    "A-22": "paper shows help, never answers",
    "A-23": "a text browser",
    "A-24": "limits of letters are told beforehand",
    "A-25": "an accessibility statement",
    "F-01": "how old",
    "F-02": "any name",
    "F-03": "we call, or they do",
    "F-04": "a number that can be dialled",
    "F-05": "what is safe to do; an empty box is a no",
    "F-06": "when it is safe, day by day",
    "F-07": "the time zone, never guessed",
    "F-08": "the state, licensed ones first",
    "F-09": "the topic, if they like",
    "F-10": "the language of the call",
    "F-11": "a note, never cut off",
    "F-12": "consent",
    "F-13": "email, where the practice wants it",
    "F-14": "the program, where the practice wants it",
    "F-15": "how to meet, where the practice wants it",
    "F-16": "pronouns, where the practice wants it",
    "F-20": "one page, one button, one fold for what can be skipped",
    "F-21": "380 words at most",
    "F-22": "the order of need",
    "F-23": "nothing chosen beforehand but the language of the page",
    "F-24": "answers are kept after a mistake",
    "F-25": "answers are kept over a change of language",
    "F-26": "the trap for machines says what it is",
    "F-27": "a practice's own wording, under the same rules",
    "F-29": "no words of the browser's own",
    "F-30": "no words that judge",
    "F-31": "easy to read in both languages",
    "F-32": "Spanish says usted (a native speaker reads it before a release)",
    "D-01": "one column",
    "D-02": "system fonts, no pictures",
    "D-03": "large type",
    "D-04": "space between questions",
    "D-05": "round corners, no shadows",
    "D-06": "sizes of fields and boxes",
    "D-07": "one filled button a page",
    "D-08": "errors in brick, with a word and a bar",
    "D-09": "the urgent block in sand, first and short",
    "D-10": "light and dark from one set of tokens",
    "D-11": "a voice that names nobody",
    "D-12": "a practice's own colors, if they can be read",
    "D-13": "10 KB and three requests",
}

_LIMITS = (
    "Browsers: Debian's Chromium with its back/forward cache on, and Debian's Firefox ESR, each with and without",
    "scripts. What no test can tell, people check: [before-release.md](before-release.md).",
    "Known: on the page that the browser may fill in (`/autofill`), without scripts, Chromium may give back the name",
    "after Back, never the number or the note. That page is a choice of its own; the usual form gives back nothing.",
    "",
    "Markup is checked by axe-core (light and dark), the Nu validator and html-validate on every page in every state,",
    "of the public side in both languages and of the desk. What they find is a floor: about a third of all barriers.",
)

_IN_NAME = re.compile(r"(?<=_)([safd])(\d\d)(?=_)")
_IN_TEXT = re.compile(r"\b([SAFD])-(\d\d)(?:\.\.[SAFD]-(\d\d))?\b")


def held() -> dict[str, list[str]]:
    """Return the tests of each requirement, by file and name."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in sorted(set(_numbers(node))):
                    found[number].append(f"{file.relative_to(ROOT)}::{node.name}")
    return found


def _numbers(test: ast.FunctionDef) -> Iterator[str]:
    for letter, digits in _IN_NAME.findall(test.name):
        yield f"{letter.upper()}-{digits}"
    for letter, first, last in _IN_TEXT.findall(ast.get_docstring(test) or ""):
        for number in range(int(first), int(last or first) + 1):
            yield f"{letter}-{number:02}"


def page() -> str:
    """Return the whole document."""
    tests = held()
    lines = [
        "# Evidence of safety",
        "",
        "Each requirement of the public side and the tests that hold it. Made by `python -m tests.workshop.evidence`;",
        "a test fails when this page is older than the tests. Numbers stand in the names of the tests.",
        "",
        *_LIMITS,
        "",
    ]
    for number, words in REQUIREMENTS.items():
        lines += [f"## {number}: {words}", ""]
        lines += [f"- `{test.replace('tests/', '', 1)}`" for test in tests.get(number, [])]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(page(), encoding="utf-8")
