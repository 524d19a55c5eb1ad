"""Reads practice.toml: the file, and what its keys say about each other."""

import dataclasses
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from app.practice.contrast import Dark, Light, Palette
from app.practice.facts import Practice
from app.practice.kinds import Mistake, Mistakes, Section
from app.practice.wording import LANGUAGES

PRACTICE = Section(Practice)


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
    parts, mistakes = PRACTICE.parts(table)
    mistakes += _untranslated(table, parts.get("languages"))
    mistakes += _contradictions(table, parts)
    mistakes += _own_site(parts.get("exit_address"), own_hosts)
    if mistakes:
        raise Mistakes(mistakes)
    # Each part was read by the kind of its field.
    return _completed(Practice(**cast(Any, parts)))


def _untranslated(value: object, languages: object, path: tuple[str, ...] = ()) -> Iterator[Mistake]:
    """Find the texts that lack a language of the practice: tables with languages for keys, and no others."""
    if not isinstance(languages, tuple):
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


def _contradictions(table: Mapping[str, object], parts: Mapping[str, object]) -> Iterator[Mistake]:
    languages = parts.get("languages")
    if isinstance(languages, tuple) and "en" not in languages:
        yield Mistake(("languages",), 'a list with "en": the addresses without a language are English')
    fields = parts.get("optional_fields")
    for field, needed in (("program", "programs"), ("meet", "meet")):
        asked = isinstance(fields, tuple) and field in fields
        # What is in the file and could not be read has mistakes of its own.
        if asked and not parts.get(needed, needed in table):
            yield Mistake((needed,), f'at least one entry, because optional_fields has "{field}"')


def _own_site(address: object, own_hosts: Collection[str]) -> Iterator[Mistake]:
    if not isinstance(address, str):
        return
    host = urlsplit(address).hostname
    if host in {own.lower() for own in own_hosts}:
        yield Mistake(("exit_address",), f"an address of another site, found this one ({host})")


def _completed(practice: Practice) -> Practice:
    """Fill what follows other keys where it was not given."""
    colors = dataclasses.replace(
        practice.colors,
        light=_following_brand(practice.colors.light, Light()),
        dark=_following_brand(practice.colors.dark, Dark()),
    )
    return dataclasses.replace(
        practice,
        call_languages=practice.call_languages or practice.languages,
        calling_hours=practice.calling_hours if any(practice.calling_hours.days) else practice.hours,
        colors=colors,
    )


def _following_brand(palette: Palette, stock: Palette) -> Any:
    if palette.brand != stock.brand and palette.brand_hover == stock.brand_hover:
        return dataclasses.replace(palette, brand_hover=palette.brand)
    return palette
