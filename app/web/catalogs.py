"""Translates the pages and letters: compiles the catalogs in memory when the service starts."""

import functools
import io
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

from app.settings import CannotStart

FOLDER: Final = Path(__file__).parent.parent / "translations"
#: What clients read, and what staff read.
_NAMES: Final = ("messages", "desk")
_TRANSLATED: Final = "es"


class Catalogs(Domain):
    """The texts of every page, in the language of the page; the source itself is English."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._translations = {_TRANSLATED: compiled(folder, _TRANSLATED)}

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return self._translations.get(locale.language if locale else "", NullTranslations())


@functools.cache
def compiled(folder: Path, language: str) -> Translations:
    """Return all texts of a language; `CannotStart` names a catalog that cannot be read."""
    together = Translations()
    for name in _NAMES:
        path = folder / language / "LC_MESSAGES" / f"{name}.po"
        machine_readable = io.BytesIO()
        try:
            with path.open("rb") as file:
                write_mo(machine_readable, read_po(file, locale=language, abort_invalid=True))
            machine_readable.seek(0)
            together = Translations(machine_readable).merge(together)
        except (OSError, UnicodeDecodeError, PoFileError) as error:
            reason = error.strerror or "it cannot be opened" if isinstance(error, OSError) else error
            raise CannotStart(f"The texts in {path} cannot be read: {reason}.") from error
    return together
