"""Languages of the public pages, texts in them, and the words that never stand there (F-30)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.practice.kinds import Mistake, Mistakes, Value, unknown, wrong

LANGUAGES = ("en", "es")

#: One text per language, by its code.
Words = Mapping[str, str]


def in_language(words: Words, language: str) -> str:
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


#: Beginnings of words that tell what a practice is for: an address is seen in histories and by networks (S-07, S-08).
TELLING = ("betray", "affair", "porn", "sex", "addict", "trauma", "abuse", "counsel")


def telling(address: str) -> list[str]:
    """Return the words of the list that an address holds."""
    return [word for word in TELLING if word in address.lower()]


def banned(text: str, language: str) -> list[str]:
    """Return the words of the text that a public page in this language does not use."""
    pattern = rf"\b(?:{'|'.join(BANNED[language])})\b"
    return re.findall(pattern, unicodedata.normalize("NFC", text), re.IGNORECASE)


def _line(value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise ValueError
    text = unicodedata.normalize("NFC", value).strip()
    # Category C: control, format, private and unassigned characters.
    if not 1 <= len(text) <= limit or any(unicodedata.category(c)[0] == "C" for c in text):
        raise ValueError
    return text


def _paragraphs(value: object, limit: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    lines = value.replace("\r\n", "\n").strip().split("\n")
    return "\n".join(_line(line, limit) if line.strip() else "" for line in lines)


def one_line(limit: int) -> Value[str]:
    return Value(f"a text of 1 to {limit} letters on one line", lambda value: _line(value, limit))


def paragraphs(limit: int) -> Value[str]:
    return Value(f"a text with lines of 1 to {limit} letters", lambda value: _paragraphs(value, limit))


@dataclass(frozen=True)
class Translated:
    """A text for each language; plain where one text serves all, like a name."""

    text: Value[str]

    @property
    def expected(self) -> str:
        return f"{self.text.expected}, or a table with one for each language ({_CODES})"

    def read(self, value: object) -> Words:
        if isinstance(value, Mapping):
            return _by_language(value, self.expected, self.text)
        try:
            text = self.text.parse(value)
        except ValueError:
            raise wrong(self.expected, value) from None
        return MappingProxyType(dict.fromkeys(LANGUAGES, text))


@dataclass(frozen=True)
class Label:
    """A text that clients read, in each language of its own and free of banned words."""

    text: Value[str]

    @property
    def expected(self) -> str:
        return f"a table with {self.text.expected} for each language ({_CODES})"

    def read(self, value: object) -> Words:
        if not isinstance(value, Mapping):
            raise wrong(self.expected, value)
        words = _by_language(value, self.expected, self.text)
        mistakes = [
            Mistake((language,), f'a text that does not say "{found}" (words to avoid)')
            for language, text in words.items()
            for found in banned(text, language)
        ]
        if mistakes:
            raise Mistakes(mistakes)
        return words


_CODES = ", ".join(LANGUAGES)


def _by_language(table: Mapping[str, object], expected: str, text: Value[str]) -> Words:
    if not table:
        raise wrong(expected, table)
    mistakes = [unknown(code, LANGUAGES) for code in table if code not in LANGUAGES]
    words: dict[str, str] = {}
    for code in LANGUAGES:
        if code not in table:
            continue
        try:
            words[code] = text.read(table[code])
        except Mistakes as found:
            mistakes += found.below(code)
    if mistakes:
        raise Mistakes(mistakes)
    return MappingProxyType(words)
