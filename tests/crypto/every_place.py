"""Every place of the vault, made from a few ids, for tests that compare each with each."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import get_args, get_origin, get_type_hints
from uuid import UUID

from app.crypto import contexts
from app.crypto.contexts import Context

IDS = (UUID("6f1d8a52-0c3e-4b7a-9a51-2f4c7e9b1d30"), UUID("b3a4c5d6-1e2f-4a3b-8c4d-5e6f7a8b9c0d"))
_VALUES: dict[object, Iterable[object]] = {
    UUID: IDS,
    int: (1, 11),
    str: tuple(contexts.LOG_SIZES),
    bytes: (b"\x01", b"\x01\x01"),
}

#: Each maker of contexts with the types of what it takes.
_TAKES: dict[str, list[object]] = {
    name: list(get_args(hint)[0])
    for name, hint in get_type_hints(contexts).items()
    if get_origin(hint) is Callable and get_args(hint)[1] is Context
}
_TAKES["log_entry"] = [kind for name, kind in get_type_hints(contexts.log_entry).items() if name != "return"]
MAKERS: dict[str, Callable[..., Context]] = {name: getattr(contexts, name) for name in _TAKES}


def takes(name: str) -> set[object]:
    return set(_TAKES[name])


def made_by(name: str) -> list[Context]:
    """Return one kind of context for every choice of ids."""
    return [MAKERS[name](*values) for values in product(*(_VALUES[kind] for kind in _TAKES[name]))]


ALL = [place for name in MAKERS for place in made_by(name)]
FOR_TEXT = [place for place in ALL if place.size is not None]
FOR_BYTES = [place for place in ALL if place.size is None]
