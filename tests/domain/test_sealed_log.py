"""Receipts: a form that is sent twice is one entry."""

import pytest

from app.domain.intake.sealed_log import receipt_hash


def test_the_same_form_has_one_receipt_in_whatever_order_its_fields_come() -> None:
    said = {"way": "call", "text": True}

    assert receipt_hash("page", said) == receipt_hash("page", dict(reversed(said.items())))
    assert receipt_hash("page", said) == receipt_hash(b"page", said)


@pytest.mark.parametrize("other", [("page", "no"), ("another", "yes")])
def test_another_page_or_another_answer_has_another_receipt(other: tuple[str, str]) -> None:
    assert receipt_hash(*other) != receipt_hash("page", "yes")


def test_a_form_of_the_desk_without_a_key_counts_each_time() -> None:
    assert receipt_hash(None, "yes") is receipt_hash("", "yes") is None


def test_an_entry_of_a_client_always_has_a_receipt_and_so_counts_against_their_limit() -> None:
    assert receipt_hash(b"", "yes") is not None


def test_letters_that_have_no_encoding_have_a_receipt() -> None:
    assert receipt_hash("\ud800", "\udfff") is not None
