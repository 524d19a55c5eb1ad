"""What clients read: complete in both languages, easy to read, and free of words that judge (F-30, F-31)."""

import re
from collections.abc import Sequence

import pytest
from babel.messages.catalog import Catalog, Message

from app.practice.wording import banned
from app.web import layout
from tests.web.public import reading
from tools import catalogs


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return catalogs.read("messages")


@pytest.fixture(scope="module")
def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def texts(value: str | Sequence[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def of_help_lines(language: str) -> list[str]:
    return [words[language] for line in layout.help_lines() for words in (line.audience, line.how)]


def english(messages: list[Message]) -> list[str]:
    return [reading.as_read(text) for message in messages for text in texts(message.id)] + of_help_lines("en")


def spanish(messages: list[Message]) -> list[str]:
    return [reading.as_read(text) for message in messages for text in texts(message.string)] + of_help_lines("es")


def test_the_spanish_catalog_holds_exactly_what_the_source_says(messages: list[Message]) -> None:
    assert {message.id for message in messages} == catalogs.in_the_source("messages")


def test_no_text_is_untranslated_or_fuzzy_or_lacks_its_plural(messages: list[Message]) -> None:
    for message in messages:
        translated = texts(message.string)
        assert not message.fuzzy, message.id
        assert len(translated) == len(texts(message.id)), message.id
        assert all(translated), message.id


def test_translations_hold_the_same_values(messages: list[Message]) -> None:
    for message in messages:
        for source, translated in zip(texts(message.id), texts(message.string), strict=True):
            values = re.findall(r"%\(\w+\)[sd]", translated)
            # "Within one work day" needs no number; the sentence for several does.
            assert set(re.findall(r"%\(\w+\)[sd]", source)) == set(values), message.id


def test_f30_no_text_holds_a_word_that_judges(messages: list[Message]) -> None:
    """D-11: nobody is named by what they did or what was done to them."""
    assert not [text for text in english(messages) if banned(text, "en")]
    assert not [text for text in spanish(messages) if banned(text, "es")]


def test_s32_no_text_promises_what_nobody_can_keep(messages: list[Message]) -> None:
    promise = re.compile(r"anonym|anónim|100 ?%|untraceable|irrastreable|HIPAA", re.IGNORECASE)

    assert not [text for text in english(messages) + spanish(messages) if promise.search(text)]


def test_f31_each_english_sentence_is_easy_and_the_whole_very_easy(messages: list[Message]) -> None:
    long = [text for text in english(messages) if len(text.split()) >= 8]

    assert {text: reading.grade(text) for text in long if reading.grade(text) > 8} == {}
    assert reading.grade(reading.sentences(english(messages))) <= 6


def test_f31_spanish_is_easy(messages: list[Message]) -> None:
    long = [text for text in spanish(messages) if len(text.split()) >= 8]

    assert {text: reading.ease(text) for text in long if reading.ease(text) < 50} == {}
    assert reading.ease(reading.sentences(long)) >= 70


def test_f32_spanish_says_usted(messages: list[Message]) -> None:
    familiar = re.compile(r"\b(?:tú|tu|tus|ti|contigo|puedes|quieres|tienes|llámanos|elige|escribe)\b", re.IGNORECASE)

    assert not [text for text in spanish(messages) if familiar.search(text)]
