"""Reads and tidies typed text; never drops a visible letter in silence."""

import re
import unicodedata
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict

#: Invisible marks: those that turn the direction of the text around them could disguise a name at the desk,
#: and spaces and hyphens without a width come along when a code or an address is pasted.
_UNSEEN = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad\u200b\u2060")
)
#: Persian words and some emoji need joiners between two letters; elsewhere they would be a text that looks empty.
_IDLE_JOINERS = re.compile(r"(?<!\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\S)")

#: Replaces bytes that are no letter.
UNREADABLE = "\ufffd"


def received(request: Request) -> MultiDict[str, str]:
    """Return the fields of a posted form, with unreadable bytes marked instead of the whole form dropped."""
    body = request.get_data(cache=True)
    try:
        body.decode()
    except UnicodeDecodeError:
        if request.mimetype == "application/x-www-form-urlencoded":
            return MultiDict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return request.form


def line(text: str | None) -> str:
    """Return the text on one line: composed, without control characters, single spaces."""
    return " ".join(_calm(text or "").split())


def paragraphs(text: str | None) -> str:
    """Return the text with its line breaks as \\n and without other control characters."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_calm(each).rstrip() for each in lines).strip()


def _calm(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    return _IDLE_JOINERS.sub("", "".join(" " if _breaks(letter) else letter for letter in composed))


def _breaks(letter: str) -> bool:
    """Control characters, lone halves of a pair, and the two separators that act as line breaks."""
    return unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
