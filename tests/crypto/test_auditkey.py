"""Holds that the chain's code depends on the key, the line before, and every field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.vault import AuditKey

KEY = AuditKey(bytes(range(32)))
fields = st.lists(st.binary(max_size=8), max_size=4)


def test_a_link_made_long_ago_is_the_same_forever() -> None:
    assert KEY.link(b"p", [b"a", b"bc"]).hex() == "91dde26810bfb00c54229b643d6887c423bd7fdff4f7018587187f707de84a68"


@given(st.binary(max_size=8), fields, st.binary(max_size=8), fields)
def test_two_links_are_alike_only_for_the_same_line(
    before: bytes, said: list[bytes], other_before: bytes, other_said: list[bytes]
) -> None:
    alike = KEY.link(before, said) == KEY.link(other_before, other_said)

    assert alike == ((before, said) == (other_before, other_said))


def test_a_field_that_moves_to_its_neighbor_changes_the_link() -> None:
    assert KEY.link(b"p", [b"ab", b"c"]) != KEY.link(b"p", [b"a", b"bc"])
    assert KEY.link(b"pa", [b"b"]) != KEY.link(b"p", [b"ab"])


def test_another_key_makes_another_link() -> None:
    assert AuditKey(bytes(32)).link(b"p", [b"a"]) != KEY.link(b"p", [b"a"])


@pytest.mark.parametrize("key", [b"", b"marker", bytes(31)])
def test_a_short_key_is_refused_without_being_told(key: bytes) -> None:
    """Must hold 8."""
    with pytest.raises(ValueError, match=r"^the audit key is shorter than 32 bytes$"):
        AuditKey(key)


def test_the_key_does_not_show() -> None:
    """Must hold 7."""
    assert repr(KEY) == "<AuditKey>"
