"""Values as plain lines of text, for paper and files: whatever somebody typed stays where its label is."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext

from app.web.questions import text_input

_INDENT = "  "


def lines(value: Mapping[str, object]) -> Iterator[str]:
    """Yield one line per value, those within values set in. No line begins with what somebody typed."""
    for name, said in value.items():
        label = name.replace("_", " ")
        if isinstance(said, Mapping):
            yield f"{label}:"
            yield from _set_in(lines(said))
        elif isinstance(said, Sequence) and not isinstance(said, str):
            yield from _listed(label, said)
        elif said is not None:
            first, *rest = _words(said).split("\n")
            yield f"{label}: {first}"
            # A formula, or something that looks like a label, is neither once it is set in and marked.
            yield from (f"{_INDENT}| {line}" for line in rest)


def _listed(label: str, items: Sequence[object]) -> Iterator[str]:
    if not any(isinstance(item, Mapping) for item in items):
        yield f"{label}: {', '.join(map(_words, items))}"
        return
    yield f"{label}:"
    for item in items:
        assert isinstance(item, Mapping)
        yield f"{_INDENT}-"
        yield from _set_in(_set_in(lines(item)))


def _set_in(found: Iterator[str]) -> Iterator[str]:
    return (_INDENT + line for line in found)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return text_input.paragraphs(str(value))
