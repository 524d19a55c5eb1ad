"""Writes docs/access.md: who may do what at the desk. A test visits every route and compares."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.permissions import (
    DEEDS,
    DOOR,
    FIELDS,
    PLACES,
    STATES,
    SUPERVISORS,
    SUPERVISORS_DEEDS,
    TEAM,
    WAITING_ROOM,
    Cell,
    Deed,
    Page,
    Proof,
)

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "access.md"

_CELLS: Mapping[Cell, str] = {
    "all": "team",
    "sup": "supervisor",
    "SUP": "supervisor",
    "no": "–",
    "back": "–",
    "nosup": "–",
    "none": "–",
    "stone": "only that",
}
_PEOPLE = (
    ("a stranger", "the sign-in page; what they send is refused"),
    (
        "somebody with half a sign-in: a password without a code, or a passkey that still needs the password",
        "the same, to the byte",
    ),
    (
        "somebody who was suspended",
        "the same, to the byte, in the very moment; browsers that were open are signed out",
    ),
    ("a newcomer whose key no supervisor has approved yet", "their own six words, and the way out"),
    ("a counselor", "what is marked “team”"),
    ("a supervisor", "the same, and what is marked “supervisor”"),
    (
        "somebody who was excluded from a request, by the client’s wish",
        "all that is theirs, but this request is in no list, search, record or file, not even once it was erased",
    ),
)
_PREFACE = """\
# Who may do what

For whoever answers for a practice, and whoever checks it. Every address of the desk stands here once. The page is made
by `python -m tools.access` from the table that the tests use: they walk through every address as each kind of
person below, on requests in each state, and fail where the running desk does anything else than is written here. An
address that is missing here fails them too, and one that `app/web/guard.py` does not name answers nobody.

## The people

%s
## What holds everywhere

- **What is not there and what is not yours look the same**, to the byte, in both languages: requests, passkeys,
  browsers, accounts and shifts. For requests, passkeys and browsers even the database is asked as often.
- **A refusal changes nothing.** Somebody of the team hears why, such as whose a request is. Pages for supervisors do
  not exist for counselors.
- **The second factor again** means: a new code of the authenticator or a touch of a passkey, on the page itself, before
  anything is done. An open browser that was left alone exports, erases, invites and approves nothing.
- **Roles count at once.** Each step reads again who somebody is; suspending and excluding work from the next tap on.
- **What somebody has and forgot is anybody's**: once its time has passed and the team was told, a colleague may take it
  and call.
- Opening a request, looking at a number and taking something along are lines in the record.
- The record that somebody takes along is whole, so that it can be compared line by line; of a request that is kept
  from them, a line has its number and its code and nothing else.
"""
_REQUESTS = """\
## A request

“One’s own” is a request that the person has. “Team” is every counselor and supervisor, “supervisor” only those, “–”
nobody; “only that” shows that it was taken back or erased, and nothing of it. What does not exist offers nothing.
"""
_FOR_SUPERVISORS = """\
### For supervisors

To a counselor these pages do not exist, whatever state a request is in.
"""
_BESIDE = """\
## Beside requests
"""
_SHOWN = """\
## What is shown where

Numbers and addresses are masked but for the two minutes of a call. Letters hold none of it but the reference.
"""
_AGAIN: Mapping[Proof | None, str] = {
    "code": "yes",
    "fresh": "if the last one is older than five minutes",
    None: "",
}


def page() -> str:
    """Return the whole document."""
    parts = [
        _PREFACE % _table(["who", "what they meet"], _PEOPLE),
        _REQUESTS,
        _deeds("what", DEEDS),
        _FOR_SUPERVISORS,
        _deeds("what", SUPERVISORS_DEEDS),
        _BESIDE,
        _pages("Anybody: the way in", DOOR),
        _pages("A newcomer who waits, and the team", WAITING_ROOM),
        _pages("The team", TEAM),
        _pages("Supervisors only", SUPERVISORS),
        _SHOWN,
        _fields(),
    ]
    return "\n".join(parts)


def _deeds(what: str, deeds: Sequence[Deed]) -> str:
    rows = [[deed.words, *(_CELLS[cell] for cell in deed.cells), _AGAIN[deed.proof]] for deed in deeds]
    return _table([what, *STATES.values(), "second factor again"], rows)


def _pages(who: str, pages: Sequence[Page]) -> str:
    proven = any(one.proof for one in pages)
    rows = [[one.words, *([_AGAIN[one.proof]] if proven else [])] for one in pages]
    return f"### {who}\n\n" + _table(["what", *(["second factor again"] if proven else [])], rows)


def _fields() -> str:
    rows = [[name, *("yes" if place in places else "–" for place in PLACES)] for name, places in FIELDS.items()]
    return _table(["field", *PLACES.values()], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    OUT.write_text(page(), encoding="utf-8")
