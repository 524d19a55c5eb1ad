"""Reads practice.toml: the file, and what its keys say about each other."""

import dataclasses
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from app.practice.facts import Practice
from app.practice.kinds import Mistake, Mistakes, mistakes_of
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
    """Read the practice from the tables of a parsed file."""
    try:
        practice = _PRACTICE.validate_python(table)
        mistakes = []
    except ValidationError as error:
        mistakes = mistakes_of(Practice, error)
    wrong = {mistake.path[0] for mistake in mistakes}
    right = {name: value for name, value in table.items() if name not in wrong}
    mistakes += _untranslated(table, right.get("languages"))
    mistakes += _contradictions(table, right)
    mistakes += _own_site(right.get("exit_address"), own_hosts)
    if mistakes:
        raise Mistakes(mistakes)
    return _completed(practice)


def _untranslated(value: object, languages: object, path: tuple[str, ...] = ()) -> Iterator[Mistake]:
    """Find the texts that lack a language of the practice: tables with languages for keys, and no others."""
    if not isinstance(languages, list):
        return
    if isinstance(value, list):
        for place, entry in enumerate(value, 1):
            yield from _untranslated(entry, languages, (*path, str(place)))
    if not isinstance(value, Mapping):
        return
    if value and value.keys() <= set(LANGUAGES):
        for code in languages:
            if code not in value:
                yield Mistake((*path, code), "a text for this language of the practice, but it is missing")
        return
    for name, entry in value.items():
        yield from _untranslated(entry, languages, (*path, name))


def _contradictions(table: Mapping[str, object], right: Mapping[str, object]) -> Iterator[Mistake]:
    languages = right.get("languages")
    if isinstance(languages, list) and "en" not in languages:
        yield Mistake(("languages",), 'a list with "en": the addresses without a language are English')
    fields = right.get("optional_fields")
    for field, needed in (("program", "programs"), ("meet", "meet")):
        asked = isinstance(fields, list) and field in fields
        # What is in the file and could not be read has mistakes of its own.
        if asked and not right.get(needed, needed in table):
            yield Mistake((needed,), f'at least one entry, because optional_fields has "{field}"')


def _own_site(address: object, own_hosts: Collection[str]) -> Iterator[Mistake]:
    if not isinstance(address, str):
        return
    host = urlsplit(address.strip()).hostname
    if host in {own.lower() for own in own_hosts}:
        yield Mistake(("exit_address",), f"an address of another site, found this one ({host})")


def _completed(practice: Practice) -> Practice:
    """Fill in the keys that follow others where they are missing."""
    return dataclasses.replace(
        practice,
        call_languages=practice.call_languages or practice.languages,
        calling_hours=practice.calling_hours if any(practice.calling_hours.days) else practice.hours,
    )
