"""Brings the Spanish catalogs in line with the source: adds new texts without Spanish, and removes old ones."""

from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from tests.support.running import ROOT

FOLDER: Final = ROOT / "app" / "translations" / "es" / "LC_MESSAGES"
#: Each catalog with the file that says where its texts come from; a text is only in the first catalog that has it.
CATALOGS: Final = {"messages": "babel.cfg", "desk": "babel-desk.cfg"}
_KEYWORDS = {"_": None, "gettext": None, "gettext_noop": None, "lazy_gettext": None, "ngettext": (1, 2)}

Text = str | tuple[str, ...]


def in_the_source(name: str) -> set[Text]:
    """Return every text that belongs in a catalog."""
    earlier = list(CATALOGS)[: list(CATALOGS).index(name)]
    return _extracted(name).difference(*(_extracted(other) for other in earlier))


def read(name: str) -> Catalog:
    with (FOLDER / f"{name}.po").open("rb") as file:
        return read_po(file, locale="es")


def update(name: str) -> list[object]:
    """Rewrite one catalog, and return the texts that have no Spanish."""
    catalog = read(name)
    said = in_the_source(name)
    for message in list(catalog):
        if message.id and message.id not in said:
            catalog.delete(message.id)
    for text in said - {message.id for message in catalog}:
        catalog.add(text)
    catalog.obsolete.clear()
    _write(name, catalog)
    return [
        message.id for message in catalog if message.id and not (texts(message.string) and all(texts(message.string)))
    ]


def _extracted(name: str) -> set[Text]:
    with (ROOT / CATALOGS[name]).open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, _KEYWORDS, directory_filter=lambda path: "/." not in path)
    return {message for _, _, message, _, _ in found}


def _write(name: str, catalog: Catalog) -> None:
    with (FOLDER / f"{name}.po").open("wb") as file:
        write_po(file, catalog, width=0, sort_output=True, no_location=True)


def texts(value: object) -> list[str]:
    """Return the one text of a message, or its singular and plural."""
    return [value] if isinstance(value, str) else list(value or ()) if isinstance(value, tuple | list) else []


if __name__ == "__main__":
    for catalog_name in CATALOGS:
        for missing in update(catalog_name):
            print(f"{catalog_name}: {missing}")
