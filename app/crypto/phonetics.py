"""How words sound on the phone, in English and in Spanish, to find the code word that somebody meant."""

import re
from difflib import SequenceMatcher
from functools import cache

from app.crypto.words import LANGUAGES, plain, word_list

_SPOKEN = ("first", "second")
#: As alike as a word and the same word misheard or mistyped.
_MISHEARD = 0.8
#: As alike as two spellings of one name. "Maria" and "Mario" are less so.
_SAME = 0.85
#: Near enough to be offered.
_NEAR = 0.6

# For each language, which spelling becomes which, in this order. A sign is a sound that takes two letters.
_SPELLINGS = {
    "en": (
        ("^(kn|gn|pn)", "n"), ("^wr", "r"), ("^ps", "s"), ("^x", "s"), ("mb$", "m"), ("ph|v", "f"), ("t?ch", "#"),
        ("sh|ti(?=on)|ci(?=a)", "$"), ("th", "+"), ("dge?", "d"), ("ck|c(?![eiy])", "k"), ("c", "s"), ("qu", "kw"),
        ("q", "k"), ("x", "ks"), ("z", "s"), ("eigh|ai|ay|ey", "e"), ("gh", ""), ("g(?=[eiy])", "j"), ("(?<=.)h", ""),
        ("ee|ea|ie|ei|y", "i"), ("oo|ou|ew|ue", "u"), ("au|aw|oa|ow|oe", "o"), (r"(.)\1+", r"\1"),
        ("(?<=[aeiou][^aeiou])([aeiou]l|le)$", "l"), ("(?<=[^aeiou])e$", ""),
    ),
    "es": (
        ("ch", "#"), ("ll", "y"), ("qu(?=[ei])", "k"), ("gu(?=[ei])", "G"), ("g(?=[ei])", "j"), ("c(?=[ei])", "s"),
        ("[cq]", "k"), ("^x", "j"), ("[zx]", "s"), ("[vw]", "b"), ("^hu(?=[aeo])", "gu"), ("h", ""), ("y$", "i"),
        (r"(.)\1+", r"\1"),
    ),
}  # fmt: skip


def is_listed(word: str) -> bool:
    """Return whether this is a code word of any language, however it is spelled."""
    return plain(word) in _every_word()


def alike(one: str, other: str) -> bool:
    """Return whether two names may be the same one, heard by somebody who did not see them written."""
    pairs = [(_letters(one), _letters(other))]
    pairs += [(_sound(one, language), _sound(other, language)) for language in LANGUAGES]
    return any(all(pair) and _likeness(*pair) >= _SAME for pair in pairs)


def could_be(heard: str) -> frozenset[str]:
    """Return the code words, without accents, that somebody may have said where we heard this."""
    return frozenset(plain(word) for word in _nearest(heard, _MISHEARD))


def nearest(heard: str) -> list[str]:
    """Return four code words that sound most like this one, the likeliest first."""
    return _nearest(heard, _NEAR)[:4]


def _nearest(heard: str, least: float) -> list[str]:
    spelled = _letters(heard)
    found: dict[str, float] = {}
    for language in LANGUAGES:
        said = SequenceMatcher(b=_sound(heard, language), autojunk=False)
        for word, sound in _sounds(language):
            said.set_seq1(sound)
            # The two cheap bounds first: four thousand words are compared while somebody waits on the phone.
            if said.real_quick_ratio() >= least and said.quick_ratio() >= least and said.ratio() >= least:
                likeness = said.ratio() + _likeness(spelled, plain(word)) / 100
                found[word] = max(found.get(word, 0), likeness)
    return sorted(found, key=lambda word: (-found[word], word))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", plain(text))


def _sound(text: str, language: str) -> str:
    """Return the text in a spelling that is the same for what sounds the same."""
    sound = _letters(text)
    for found, spelled in _SPELLINGS[language]:
        sound = re.sub(found, spelled, sound)
    return sound


@cache
def _sounds(language: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, _sound(word, language)) for name in _SPOKEN for word in word_list(name, language))


@cache
def _every_word() -> frozenset[str]:
    return frozenset(plain(word) for language in LANGUAGES for name in _SPOKEN for word in word_list(name, language))
