"""What the app writes into its log, line by line, as an operator would read it."""

import io
import json
import logging
from types import TracebackType
from typing import Any, Self

from app.logs import JsonLines


class Logbook:
    """Collects every line that is logged within its block, in the app's format."""

    def __init__(self) -> None:
        self._written = io.StringIO()
        self._handler = logging.StreamHandler(self._written)
        self._handler.setFormatter(JsonLines())

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self._handler)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        logging.getLogger().removeHandler(self._handler)

    @property
    def text(self) -> str:
        return self._written.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]
