"""Every requirement has a test, every id that the project uses is explained, and the generated pages are current."""

import re

from tools import access, evidence


def test_each_requirement_is_held_by_a_test() -> None:
    tests = evidence.held()

    assert [number for number in evidence.REQUIREMENTS if not tests.get(number)] == []


def test_every_id_that_the_project_uses_is_on_the_page_of_requirements() -> None:
    unknown = {number: file for number, file in evidence.used().items() if number not in evidence.REQUIREMENTS}

    assert unknown == {}


def test_no_id_stands_for_two_requirements() -> None:
    assert len(re.findall(r"^- \*\*", evidence.PAGE.read_text(encoding="utf-8"), re.MULTILINE)) == len(
        evidence.REQUIREMENTS
    )


def test_an_id_is_read_from_a_name_a_text_and_a_range() -> None:
    assert [*evidence.named("test_s05_s23_back")] == ["S-05", "S-23"]
    assert [*evidence.named("V-49: neither line nor address (F-03 to F-05).")] == ["V-49", "F-03", "F-04", "F-05"]
    assert [*evidence.named("Must hold 1 and 11, V-31.")] == ["V-31", "Must hold 1", "Must hold 11"]


def test_the_page_of_evidence_is_current() -> None:
    assert evidence.OUT.read_text(encoding="utf-8") == evidence.page(), "run: python -m tools.evidence"


def test_the_page_of_access_is_current() -> None:
    """V-23."""
    assert access.OUT.read_text(encoding="utf-8") == access.page(), "run: python -m tools.access"
