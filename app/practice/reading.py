"""Reads practice.toml: the file, and what its keys say about each other."""

import dataclasses
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from app.practice.facts import Practice
from app.practice.kinds import Mistake, Mistakes, mistakes_of, shown
from app.practice.wording import LANGUAGES

_PRACTICE = TypeAdapter(Practice)


def load(path: Path, *, own_hosts: Collection[str] = ()) -> Practice:
    """Read the practice from a file; `own_hosts` are the names this site answers to.

    Raises Mistakes with everything that is wrong, all at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise Mistakes([Mistake((), f"a practice file at {path}, but: {reason}")]) from error
    except UnicodeDecodeError as error:
        raise Mistakes([Mistake((), f"text in UTF-8, found other bytes in {path}")]) from error
    return read(text, own_hosts=own_hosts)


def read(text: str, *, own_hosts: Collection[str] = ()) -> Practice:
    """Read the practice from TOML text. Raises Mistakes with everything that is wrong, all at once."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Mistakes([Mistake((), f"text in the TOML format; {error}")]) from error
    return understand(table, own_hosts=own_hosts)


def understand(table: Mapping[str, object], *, own_hosts: Collection[str] = ()) -> Practice:
    try:
        practice = _PRACTICE.validate_python(table)
        mistakes = []
    except ValidationError as error:
        mistakes = mistakes_of(Practice, error)
    mistakes += _repeated(table)
    wrong = {mistake.path[0] for mistake in mistakes}
    right = {name: value for name, value in table.items() if name not in wrong}
    mistakes += _untranslated(table, right.get("languages"))
    mistakes += _contradictions(table, right, own_hosts)
    if mistakes:
        raise Mistakes(mistakes)
    return _completed(practice)


def _places(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield each value of a table with the keys that lead to it."""
    yield path, value
    entries: Iterable[tuple[object, object]] = ()
    if isinstance(value, Mapping):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value, 1)
    for name, entry in entries:
        yield from _places(entry, (*path, str(name)))


def _repeated(table: Mapping[str, object]) -> Iterator[Mistake]:
    for path, value in _places(table):
        entries = value if isinstance(value, list) else []
        # Some are read without regard to case.
        compared = [entry.strip().lower() if isinstance(entry, str) else entry for entry in entries]
        for place, entry in enumerate(entries):
            if compared[place] in compared[:place]:
                yield Mistake((*path, str(place + 1)), f"each entry once, found {shown(entry)}")


def _untranslated(table: Mapping[str, object], languages: object) -> Iterator[Mistake]:
    """Find the texts that lack a language of the practice: tables with languages for keys, and no others."""
    for path, value in _places(table):
        if isinstance(languages, list) and isinstance(value, Mapping) and value and value.keys() <= set(LANGUAGES):
            for code in languages:
                if code not in value:
                    yield Mistake((*path, code), "a text for this language of the practice, but it is missing")


def _contradictions(
    table: Mapping[str, object], right: Mapping[str, object], own_hosts: Collection[str]
) -> Iterator[Mistake]:
    languages = right.get("languages")
    if isinstance(languages, list) and "en" not in languages:
        yield Mistake(("languages",), 'a list with "en": the addresses without a language are English')
    fields = right.get("optional_fields")
    for field, needed in (("program", "programs"), ("meet", "meet")):
        asked = isinstance(fields, list) and field in fields
        # What is in the file and could not be read has mistakes of its own.
        if asked and not right.get(needed, needed in table):
            yield Mistake((needed,), f'at least one entry, because optional_fields has "{field}"')
    address = right.get("exit_address")
    host = urlsplit(address.strip()).hostname if isinstance(address, str) else None
    if host in {own.lower() for own in own_hosts}:
        yield Mistake(("exit_address",), f"an address of another site, found this one ({host})")


def _completed(practice: Practice) -> Practice:
    """Fill in the keys that follow others where they are missing."""
    return dataclasses.replace(
        practice,
        call_languages=practice.call_languages or practice.languages,
        calling_hours=practice.calling_hours if any(practice.calling_hours.days) else practice.hours,
    )
