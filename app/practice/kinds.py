"""The kinds of values a settings file may hold, and the mistakes found while reading them.

A kind knows what it expects in words an owner understands. Reading raises `Mistakes` with every
mistake below that place, so the tables of the file need no code of their own.
"""

import dataclasses
import datetime as dt
import difflib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar, cast

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
K = TypeVar("K")

LONGEST_SHOWN = 40


class Mistake(NamedTuple):
    """One thing wrong: the keys that lead to it, and what is expected there."""

    path: tuple[str, ...]
    sentence: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path) or 'the file'}: {self.sentence}"


class Mistakes(Exception):
    """Everything that is wrong with the practice file."""

    def __init__(self, found: Sequence[Mistake]) -> None:
        super().__init__(found)
        self.found = tuple(found)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(str(mistake) for mistake in self.found)

    def __str__(self) -> str:
        count = "one mistake" if len(self.found) == 1 else f"{len(self.found)} mistakes"
        return "\n  ".join([f"The practice file has {count}:", *self.lines])

    def below(self, key: str) -> Iterator[Mistake]:
        return (Mistake((key, *mistake.path), mistake.sentence) for mistake in self.found)


class Kind(Protocol[T_co]):
    """What a place in the file may hold."""

    @property
    def expected(self) -> str: ...

    def read(self, value: object) -> T_co:
        """Raise Mistakes unless the value is of this kind."""


class _Required:
    pass


REQUIRED: Final = _Required()


def key(kind: Kind[T], default: T | _Required = REQUIRED) -> T:
    """Declare a dataclass field as a key of the file. Without a default it must be given."""
    if isinstance(default, _Required):
        return cast(T, dataclasses.field(metadata={"kind": kind}))
    # A factory, because dataclasses refuse some read-only mappings as plain defaults.
    return dataclasses.field(default_factory=lambda: default, metadata={"kind": kind})


def kind_of(field: dataclasses.Field[Any]) -> Kind[object]:
    return cast(Kind[object], field.metadata["kind"])


def required(field: dataclasses.Field[Any]) -> bool:
    return field.default_factory is dataclasses.MISSING


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def wrong(expected: str, value: object) -> Mistakes:
    return Mistakes([Mistake((), f"{expected}, found {_shown(value)}")])


def unknown(name: str, known: Sequence[str]) -> Mistake:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f'did you mean "{close[0]}"?' if close else f"known here: {', '.join(known)}"
    return Mistake((name,), f"no such key; {hint}")


@dataclass(frozen=True)
class Value(Generic[T]):
    """A single value. `parse` raises ValueError when it does not fit."""

    expected: str
    parse: Callable[[object], T]

    def read(self, value: object) -> T:
        try:
            return self.parse(value)
        except ValueError:
            raise wrong(self.expected, value) from None


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """A list without repetitions."""

    item: Kind[T]
    at_least: int = 0

    @property
    def expected(self) -> str:
        some = "a list" if self.at_least == 0 else f"a list of at least {self.at_least}"
        return f"{some}, each {self.item.expected}"

    def read(self, value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) < self.at_least:
            raise wrong(self.expected, value)
        items: list[T] = []
        mistakes: list[Mistake] = []
        for place, entry in enumerate(value, 1):
            try:
                item = self.item.read(entry)
            except Mistakes as found:
                mistakes += found.below(str(place))
                continue
            if item in items:
                mistakes.append(Mistake((str(place),), f"each entry once, found {_shown(entry)}"))
            items.append(item)
        if mistakes:
            raise Mistakes(mistakes)
        return tuple(items)


@dataclass(frozen=True)
class TableOf(Generic[K, T]):
    """A table whose keys the owner chooses; `placeholder` stands for such a key in the docs."""

    placeholder: str
    name: Value[K]
    item: Kind[T]

    @property
    def expected(self) -> str:
        return f"a table with keys that are {self.name.expected}"

    def read(self, value: object) -> Mapping[K, T]:
        if not isinstance(value, Mapping):
            raise wrong(self.expected, value)
        entries: dict[K, T] = {}
        mistakes: list[Mistake] = []
        for name, entry in value.items():
            try:
                entries[self.name.parse(name)] = self.item.read(entry)
            except ValueError:
                mistakes.append(Mistake((name,), f"a key that is {self.name.expected}"))
            except Mistakes as found:
                mistakes += found.below(name)
        if mistakes:
            raise Mistakes(mistakes)
        return MappingProxyType(entries)


def _nothing_more(_: object) -> Iterator[Mistake]:
    return iter(())


@dataclass(frozen=True)
class Section(Generic[T]):
    """A table described by a dataclass made of `key` fields."""

    cls: type[T]
    #: What no single key can tell: yields the mistakes of a table whose keys are each right.
    check: Callable[[T], Iterator[Mistake]] = _nothing_more

    @property
    def expected(self) -> str:
        return f"a table with {', '.join(field.name for field in self.fields)}"

    @property
    def fields(self) -> tuple[dataclasses.Field[Any], ...]:
        return dataclasses.fields(cast(Any, self.cls))

    def parts(self, value: object) -> tuple[dict[str, object], list[Mistake]]:
        """Return the keys that could be read and the mistakes of all others."""
        if not isinstance(value, Mapping):
            return {}, list(wrong(self.expected, value).found)
        parts: dict[str, object] = {}
        names = [field.name for field in self.fields]
        mistakes = [unknown(name, names) for name in value if name not in names]
        for field in self.fields:
            kind = kind_of(field)
            if field.name in value:
                try:
                    parts[field.name] = kind.read(value[field.name])
                except Mistakes as found:
                    mistakes += found.below(field.name)
            elif required(field):
                mistakes.append(Mistake((field.name,), f"{kind.expected}, but it is missing"))
        return parts, mistakes

    def read(self, value: object) -> T:
        parts, mistakes = self.parts(value)
        if mistakes:
            raise Mistakes(mistakes)
        section = self.cls(**parts)
        mistakes += self.check(section)
        if mistakes:
            raise Mistakes(mistakes)
        return section
