"""What staff read is complete in Spanish, holds the same values, and says usted."""

import re

import pytest
from babel.messages.catalog import Catalog

from app.practice.wording import banned
from tools import catalogs


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return catalogs.read("desk")


def pairs(catalog: Catalog) -> list[tuple[list[str], list[str]]]:
    return [(catalogs.texts(one.id), catalogs.texts(one.string)) for one in catalog if one.id]


def test_the_catalog_of_the_desk_holds_exactly_what_the_source_says(catalog: Catalog) -> None:
    assert {message.id for message in catalog if message.id} == catalogs.in_the_source("desk")


def test_no_text_of_the_desk_is_untranslated_or_fuzzy_or_lacks_its_plural(catalog: Catalog) -> None:
    assert [one.id for one in catalog if one.id and one.fuzzy] == []
    assert [
        source for source, translated in pairs(catalog) if len(source) != len(translated) or not all(translated)
    ] == []


def test_translations_of_the_desk_hold_the_same_values(catalog: Catalog) -> None:
    value = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

    different = [source for source, told in pairs(catalog) if _values(value, source) != _values(value, told)]

    assert different == []


def test_f30_f32_the_desk_judges_nobody_and_says_usted(catalog: Catalog) -> None:
    familiar = re.compile(r"\b(?:tú|tu|tus|ti|contigo|puedes|quieres|tienes)\b", re.IGNORECASE)
    spanish = [text for _, translated in pairs(catalog) for text in translated]

    assert [text for text in spanish if familiar.search(text)] == []
    assert [text for text in spanish if banned(text, "es")] == []
    assert [text for source, _ in pairs(catalog) for text in source if banned(text, "en")] == []


def _values(value: re.Pattern[str], texts: list[str]) -> set[str]:
    return set(value.findall(" ".join(texts)))
