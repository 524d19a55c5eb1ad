"""Every place of the vault, made from a few ids, for tests that compare each with each."""

from collections.abc import Callable, Iterable
from inspect import getmembers, isfunction, signature
from itertools import product
from uuid import UUID

from app.crypto import contexts
from app.crypto.contexts import Place

IDS = (UUID("6f1d8a52-0c3e-4b7a-9a51-2f4c7e9b1d30"), UUID("b3a4c5d6-1e2f-4a3b-8c4d-5e6f7a8b9c0d"))
_VALUES: dict[object, Iterable[object]] = {
    UUID: IDS,
    int: (1, 11),
    str: tuple(contexts.LOG_SIZES),
    bytes: (b"\x01", b"\x01\x01"),
}

MAKERS: dict[str, Callable[..., Place]] = {
    name: maker for name, maker in getmembers(contexts, isfunction) if maker.__module__ == contexts.__name__
}


def made_by(name: str) -> list[Place]:
    """Return one kind of place for every choice of ids."""
    kinds = [parameter.annotation for parameter in signature(MAKERS[name]).parameters.values()]
    return [MAKERS[name](*values) for values in product(*(_VALUES[kind] for kind in kinds))]


ALL = [place for name in MAKERS for place in made_by(name)]
FOR_TEXT = [place for place in ALL if place.size is not None]
FOR_BYTES = [place for place in ALL if place.size is None]
