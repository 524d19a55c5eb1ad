"""Receipts of the desk: a page that was sent twice, by an unsteady thumb or a slow network, is one entry."""

import hashlib
import json
from collections.abc import Sequence

from app.crypto import tokens
from app.domain.intake import case_log, thread


def of(nonce: str | None, *said: object) -> bytes | None:
    """Return the receipt of one page that says just this; None for a page without a nonce: it counts each time."""
    if not nonce:
        return None
    text = json.dumps(said, default=str, ensure_ascii=False)
    parts = (part.encode("utf-8", "surrogatepass") for part in (nonce, text))
    return hashlib.sha256(tokens.framed(parts)).digest()


def has(entries: Sequence[case_log.Entry] | Sequence[thread.Entry], receipt: bytes | None) -> bool:
    """Return whether that page was taken before."""
    return receipt is not None and any(entry.row.receipt_hash == receipt for entry in entries)
