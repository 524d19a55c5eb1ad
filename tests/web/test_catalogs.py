"""The catalogs are compiled when the service starts, so what is shown is always what the catalogs say."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.settings import CannotStart
from app.web import catalogs

BROKEN = {
    "is missing": (None, "No such file or directory"),
    "is a folder": (Path.mkdir, "Is a directory"),
    "is no catalog": (lambda path: path.write_text("msgid who\n"), "msgid"),
    "is no text": (lambda path: path.write_bytes(b'msgid "a"\nmsgstr "\xff"\n'), "utf-8"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(catalogs.FOLDER, tmp_path / "translations"))


@pytest.mark.parametrize("name", ["messages", "desk"])
def test_every_text_of_both_catalogs_is_translated_as_it_is_written(name: str) -> None:
    spanish = catalogs.compiled(catalogs.FOLDER, "es")
    with (catalogs.FOLDER / "es" / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        written = [message for message in read_po(file, locale="es") if message.id]

    for message in written:
        if isinstance(message.id, str):
            assert spanish.gettext(message.id) == message.string
        else:
            one, several = message.id
            assert tuple(spanish.ngettext(one, several, count) for count in (1, 2)) == message.string


def test_what_is_translated_anew_is_shown_after_the_next_start(folder: Path) -> None:
    path = folder / "es" / "LC_MESSAGES" / "messages.po"
    path.write_text(path.read_text("utf-8").replace('msgstr "Arizona"', 'msgstr "Arizona de hoy"'), "utf-8")

    assert catalogs.compiled(folder, "es").gettext("Arizona") == "Arizona de hoy"


def test_nothing_is_written_beside_the_source(folder: Path) -> None:
    before = sorted(folder.rglob("*"))

    catalogs.compiled(folder, "es")

    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("name", ["messages", "desk"])
@pytest.mark.parametrize(("damage", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_catalog_that_cannot_be_read_stops_the_start_with_its_name(
    folder: Path, name: str, damage: Callable[[Path], object] | None, reason: str
) -> None:
    path = folder / "es" / "LC_MESSAGES" / f"{name}.po"
    path.unlink()
    if damage:
        damage(path)

    with pytest.raises(CannotStart) as refused:
        catalogs.compiled(folder, "es")

    assert str(path) in str(refused.value)
    assert reason in str(refused.value)
