"""Words for owners of a practice file: what each key expects, and the mistakes found there.

pydantic reads the values; a `Kind` beside a type gives its checks their sentence.
"""

import dataclasses
import datetime as dt
import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType, NoneType
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

T = TypeVar("T")
K = TypeVar("K")

LONGEST_SHOWN = 40


class Mistake(NamedTuple):
    """One thing wrong: the keys that lead to it, and what is expected there."""

    path: tuple[str, ...]
    sentence: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path) or 'the file'}: {self.sentence}"


class Mistakes(Exception):
    def __init__(self, found: Sequence[Mistake]) -> None:
        super().__init__(found)
        self.found = tuple(found)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(str(mistake) for mistake in self.found)

    def __str__(self) -> str:
        count = "one mistake" if len(self.found) == 1 else f"{len(self.found)} mistakes"
        return "\n  ".join([f"The practice file has {count}:", *self.lines])


class Kind(GroupedMetadata):
    """What a type expects, and its checks. {0} and {1} in the words are what its parts expect."""

    def __init__(self, expected: str, *checks: object) -> None:
        self.expected = expected
        self._checks = checks

    def __iter__(self) -> Iterator[object]:
        return iter(self._checks)


def refusal(found: Sequence[Mistake]) -> ValidationError:
    """Return the error for a check that finds several mistakes below its key, or words one itself."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError("mistake", "{sentence}", {"sentence": sentence}), loc=path, input=None
        )
        for path, sentence in found
    ]
    return ValidationError.from_exception_data("practice", details)


def _some(items: tuple[T, ...]) -> tuple[T, ...]:
    # Not MinLen: it counts only the entries that could be read.
    if not items:
        raise ValueError
    return items


ListOf = Annotated[tuple[T, ...], Kind("a list, each {0}")]
SomeOf = Annotated[tuple[T, ...], Kind("a list of at least 1, each {0}", AfterValidator(_some))]
#: A table whose keys the owner chooses.
TableOf = Annotated[Mapping[K, T], Kind("a table with keys that are {0}", AfterValidator(MappingProxyType))]


def bare(hint: Any) -> tuple[Any, Kind | None]:
    """Return a type without its annotations, and its kind; a table made of a dataclass has none."""
    if NoneType in get_args(hint):
        hint = get_args(hint)[0]
    around = getattr(hint, "__metadata__", ())
    return hint.__origin__ if around else hint, next((part for part in around if isinstance(part, Kind)), None)


def keys(section: Any) -> dict[str, Any]:
    """Return the keys of a table made of a dataclass, each with its type."""
    hints = get_type_hints(section, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(section)}


def expected(hint: Any) -> str:
    inner, kind = bare(hint)
    if kind is None:
        return f"a table with {', '.join(keys(inner))}"
    words = kind.expected
    for number, part in enumerate(get_args(inner)):
        if f"{{{number}}}" in words:
            words = words.replace(f"{{{number}}}", expected(part))
    return words


def mistakes_of(section: Any, error: ValidationError) -> list[Mistake]:
    return [_mistake(section, detail) for detail in error.errors(include_url=False)]


def _mistake(section: Any, detail: ErrorDetails) -> Mistake:
    loc = detail["loc"]
    path = tuple(str(step + 1) if isinstance(step, int) else step for step in loc if step != "[key]")
    match detail["type"]:
        case "mistake":
            return Mistake(path, detail["ctx"]["sentence"])
        case "unexpected_keyword_argument":
            return Mistake(path, unknown_key(path[-1], keys(bare(_at(section, loc[:-1]))[0])))
        case "missing":
            return Mistake(path, f"{expected(_at(section, loc))}, but it is missing")
    if loc and loc[-1] == "[key]":
        return Mistake(path, f"a key that is {expected(get_args(bare(_at(section, loc[:-2]))[0])[0])}")
    return Mistake(path, f"{expected(_at(section, loc))}, found {shown(detail['input'])}")


def _at(hint: Any, loc: Sequence[int | str]) -> Any:
    for step in loc:
        inner, _ = bare(hint)
        if dataclasses.is_dataclass(inner):
            hint = keys(inner)[str(step)]
        else:
            hint = get_args(inner)[1 if get_origin(inner) is Mapping else 0]
    return hint


def unknown_key(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f'did you mean "{close[0]}"?' if close else f"known here: {', '.join(known)}"
    return f"no such key; {hint}"


def shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
