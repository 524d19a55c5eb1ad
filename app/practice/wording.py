"""Languages of the public pages, texts in them, and the words that they never use (F-30)."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Annotated, TypeVar

from annotated_types import MinLen
from pydantic import AfterValidator, Strict, WrapValidator

from app.practice.kinds import Kind, Mistake, refusal, unknown_key

T = TypeVar("T")

LANGUAGES = ("en", "es")

#: One text per language, by its code.
Translations = Mapping[str, str]


def in_language(words: Translations, language: str) -> str:
    """Return the text in a language, or in English: staff may speak one in which the practice has no pages."""
    return words.get(language, words["en"])


#: Each entry is a pattern: an ending left open also catches its longer forms.
BANNED: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "en": (
        r"addict\w*", r"cheat(?:er|ers|ing|ed)", r"affair partners?", r"victims?",
        r"perpetrators?", r"offenders?", r"perverts?", r"perverted", r"sins?", r"sinful",
        r"your problems?", r"failed", r"invalid", r"illegal",
    ),
    # "sin" is "without" in Spanish and stays.
    "es": (
        r"adict\w*", r"adicci\w*", r"infiel\w*", r"amantes?", r"v[ií]ctimas?",
        r"perpetrador\w*", r"agresor\w*", r"ofensor\w*", r"pervertid\w*", r"pecados?",
        r"pecador\w*", r"su problema", r"sus problemas", r"tu problema", r"fall[óo]",
        r"fracas\w*", r"inv[áa]lid\w*", r"ilegal\w*",
    ),
})  # fmt: skip


#: Beginnings of words that reveal the subject in an address, which histories and networks show (S-07, S-08).
TELLING = ("betray", "affair", "porn", "sex", "addict", "trauma", "abuse", "counsel")


def telling(address: str) -> list[str]:
    """Return the words of the list that an address holds."""
    return [word for word in TELLING if word in address.lower()]


def banned(text: str, language: str) -> list[str]:
    """Return the words of the text that a public page in this language does not use."""
    pattern = rf"\b(?:{'|'.join(BANNED[language])})\b"
    return re.findall(pattern, unicodedata.normalize("NFC", text), re.IGNORECASE)


def one_line(limit: int) -> Kind:
    return Kind(f"a text of 1 to {limit} letters on one line", Strict(), AfterValidator(partial(_line, limit)))


def paragraphs(limit: int) -> Kind:
    return Kind(f"a text with lines of 1 to {limit} letters", Strict(), AfterValidator(partial(_paragraphs, limit)))


def _line(limit: int, value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    # Category C: control, format, private and unassigned characters.
    if not 1 <= len(text) <= limit or any(unicodedata.category(c)[0] == "C" for c in text):
        raise ValueError
    return text


def _paragraphs(limit: int, value: str) -> str:
    if not value.strip():
        raise ValueError
    lines = value.replace("\r\n", "\n").strip().split("\n")
    return "\n".join(_line(limit, line) if line.strip() else "" for line in lines)


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise refusal([Mistake((), unknown_key(code, LANGUAGES))])
    return code


def _the_same_in_each(value: object, read: Callable[[object], Translations]) -> Translations:
    if isinstance(value, Mapping):
        return read(value)
    try:
        return read(dict.fromkeys(LANGUAGES, value))
    except ValueError:
        # One text, so one mistake.
        raise ValueError from None


def _without_banned(words: Translations) -> Translations:
    mistakes = [
        Mistake((language,), f'a text that does not say "{found}" (words to avoid)')
        for language, text in words.items()
        for found in banned(text, language)
    ]
    if mistakes:
        raise refusal(mistakes)
    return words


_CODES = ", ".join(LANGUAGES)
_READ_ONLY = (MinLen(1), AfterValidator(MappingProxyType))
_ByLanguage = Mapping[Annotated[str, Kind("a language", AfterValidator(_language))], T]

#: A text for each language; plain where one text serves all, like a name.
Translated = Annotated[
    _ByLanguage[T],
    Kind(f"{{1}}, or a table with one for each language ({_CODES})", *_READ_ONLY, WrapValidator(_the_same_in_each)),
]
#: A text that clients read, in each language of its own and free of banned words.
Label = Annotated[
    _ByLanguage[T],
    Kind(f"a table with {{1}} for each language ({_CODES})", *_READ_ONLY, AfterValidator(_without_banned)),
]
