"""Caches for the suite, which makes thousands of apps in one process.

They hold only results that depend on nothing but their input: compiled templates, addresses and statements, the
practice that a text describes, the newest revision.
"""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import URL, Engine, event
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

from app import db, schema
from app.practice import Practice, reading

_parsed: dict[str, tuple[list[RulePart], list[tuple[bool, str]], dict[str, BaseConverter]]] = {}
_builders: dict[object, Callable[..., tuple[str, str]]] = {}


def install(folder: Path) -> None:
    """Let all apps of this process share their caches, and those of templates with other processes."""
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}
    Flask.url_rule_class = _Rule
    schema.newest = cache(schema.newest)
    reading.read = _read_once(reading.read)
    db._sqlite_engine = _alike(db._sqlite_engine)  # type: ignore[assignment]
    db._postgresql_engine = _alike(db._postgresql_engine)  # type: ignore[assignment]


class _Rule(Rule):
    """Caches Werkzeug's rule, which parses each address and compiles two functions for it."""

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        if rule not in _parsed:
            before = len(self._trace)
            parts = list(super()._parse_rule(rule))
            _parsed[rule] = parts, self._trace[before:], self._converters
        else:
            parts, trace, converters = _parsed[rule]
            self._trace.extend(trace)
            self._converters.update(converters)
            self.arguments.update(converters)
        return parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, repr(self._trace), repr(self.defaults), append_unknown)
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]


def _read_once(read: Callable[..., Practice]) -> Callable[..., Practice]:
    """Read a text without mistakes only once."""

    @cache
    def known(text: str, hosts: tuple[str, ...]) -> Practice:
        return read(text, own_hosts=hosts)

    def once(text: str, *, own_hosts: Collection[str] = ()) -> Practice:
        return known(text, tuple(own_hosts))

    return once


def _alike(make: Callable[[URL], Engine]) -> Callable[[URL], Engine]:
    """Let engines share compiled statements. They are cached by dialect, so all engines get that of the first one."""
    connected: list[Engine] = []

    def engine(url: URL) -> Engine:
        made = make(url)
        if connected:
            made.dialect, made._compiled_cache = connected[0].dialect, connected[0]._compiled_cache
        else:
            event.listen(made, "connect", lambda *_: connected.append(made), once=True)
        return made

    return engine
