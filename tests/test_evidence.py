"""Every promise to the person who asks has a test, and the pages that tests write are current."""

import pytest

from tests.workshop import access, evidence


@pytest.mark.parametrize("number", evidence.REQUIREMENTS)
def test_each_requirement_of_the_public_side_is_held_by_a_test(number: str) -> None:
    assert evidence.held().get(number)


def test_the_page_of_evidence_is_current() -> None:
    assert evidence.OUT.read_text(encoding="utf-8") == evidence.page(), "run: python -m tests.workshop.evidence"


def test_the_page_of_access_is_current() -> None:
    """V-23."""
    assert access.OUT.read_text(encoding="utf-8") == access.page(), "run: python -m tests.workshop.access"
