"""Everything made of words: code words, return codes, passphrases and fingerprints."""

import difflib
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from app.crypto.hpke import KEM_NAME, PublicKey

LANGUAGES = ("en", "es")
_LISTS = Path(__file__).parent / "lists"
_RETURN_CODE_WORDS = 7
_PASSPHRASE_WORDS = 6
#: Seven of the longest words need less than a third of it.
_LONGEST_TYPED = 400


class UnknownWords(Exception):
    """Some words of a return code are in no list. `suggestions` has the nearest known words for each, in order."""

    def __init__(self, words: Sequence[str], suggestions: Sequence[Sequence[str]]) -> None:
        super().__init__("unknown words")
        self.words = tuple(words)
        self.suggestions = tuple(tuple(near) for near in suggestions)


class WrongCount(Exception):
    """A return code has too few or too many words."""


@dataclass(frozen=True, repr=False)
class ReturnCode:
    """Seven words of one language's BIP-39 list, in canonical spelling."""

    language: str
    words: tuple[str, ...]

    @property
    def canonical(self) -> str:
        """The code without its language: typed without accents, some words belong to both, such as "album"."""
        return " ".join(plain(word) for word in self.words)


def code_words(language: str) -> tuple[str, str]:
    """Return two code words: on the phone we say the first, the client answers with the second."""
    while True:
        pair = secrets.choice(word_list("first", language)), secrets.choice(word_list("second", language))
        if " ".join(pair) not in word_list("pairs", language):
            return pair


def return_code(language: str) -> ReturnCode:
    """Return a new return code of at least 75 bits."""
    known = word_list("return", language)
    return ReturnCode(language, tuple(secrets.choice(known) for _ in range(_RETURN_CODE_WORDS)))


def parse_return_code(text: str) -> ReturnCode:
    """Return the return code, however it was typed; raise `WrongCount` or `UnknownWords`."""
    typed = re.findall(r"[^\W\d_]+", plain(text)) if len(text) <= _LONGEST_TYPED else []
    if len(typed) != _RETURN_CODE_WORDS:
        raise WrongCount
    # The language that knows most of the words is the one meant.
    language = max(LANGUAGES, key=lambda language: sum(word in _by_spelling(language) for word in typed))
    known = _by_spelling(language)
    unknown = [word for word in typed if word not in known]
    if unknown:
        near = [difflib.get_close_matches(word, known, n=3) for word in unknown]
        raise UnknownWords(unknown, [[known[spelling] for spelling in spellings] for spellings in near])
    return ReturnCode(language, tuple(known[word] for word in typed))


def passphrase(language: str) -> str:
    """Return six random words, at least 64 bits, without accents: any keyboard can type them."""
    return " ".join(plain(secrets.choice(word_list("return", language))) for _ in range(_PASSPHRASE_WORDS))


def fingerprint(holder: UUID, public: PublicKey, language: str) -> tuple[str, ...]:
    """Return the six words of a key that two people compare: 60 bits of SHA-256 over holder, KEM and public key."""
    digest = hashlib.sha256(holder.bytes + KEM_NAME.encode() + public.encoded).digest()
    known = word_list("return", language)[:1024]
    number = int.from_bytes(digest, "big")
    return tuple(known[number >> 10 * place & 1023] for place in range(_PASSPHRASE_WORDS))


def plain(text: str) -> str:
    """Return the text as it is compared: no case, no accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def word_list(name: str, language: str) -> tuple[str, ...]:
    """Return one of the lists in the order of its file."""
    if language not in LANGUAGES:
        raise ValueError("there are no word lists in this language")
    return tuple((_LISTS / f"{name}-{language}.txt").read_text(encoding="utf-8").split("\n")[:-1])


@cache
def _by_spelling(language: str) -> dict[str, str]:
    return {plain(word): word for word in word_list("return", language)}
