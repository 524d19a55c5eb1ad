"""Holds that a box opens for one holder, at one place, forever."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import contexts, hpke
from app.crypto.hpke import PrivateKey, PublicKey
from app.crypto.tokens import Unreadable
from tests.crypto.every_place import ALL, IDS

PRIVATE = PrivateKey.decode(b"\x01" + bytes(range(96)))
PLACE = contexts.answers_key(*IDS)
SEALED = hpke.seal(PRIVATE.public, PLACE, bytes(32))


def test_a_box_sealed_long_ago_opens_forever() -> None:
    """The box and its keys were made when the format was settled; they are never to be made again."""
    kept = json.loads((Path(__file__).parent / "box_vector.json").read_text(encoding="utf-8"))
    private = PrivateKey.decode(bytes.fromhex(kept["private_key"]))
    place = contexts.answers_key(UUID(kept["intake"]), UUID(kept["epoch"]))

    assert private.public.encoded.hex() == kept["public_key"]
    assert hpke.open(private, place, bytes.fromhex(kept["sealed"])).hex() == kept["data"]


@given(st.binary(max_size=100))
def test_the_holder_opens_what_was_sealed_to_them(data: bytes) -> None:
    assert hpke.open(PRIVATE, PLACE, hpke.seal(PRIVATE.public, PLACE, data)) == data


def test_a_box_opens_at_no_other_place() -> None:
    """V-31."""
    for place in ALL:
        if place.path != PLACE.path:
            with pytest.raises(Unreadable):
                hpke.open(PRIVATE, place, SEALED)


def test_a_box_opens_for_nobody_else() -> None:
    with pytest.raises(Unreadable):
        hpke.open(PrivateKey.generate(), PLACE, SEALED)


def test_one_half_of_the_key_is_not_enough() -> None:
    lattice, curve = PRIVATE.encoded[1:65], PRIVATE.encoded[65:]
    other = PrivateKey.generate().encoded

    for half in (b"\x01" + lattice + other[65:], other[:65] + curve):
        with pytest.raises(Unreadable):
            hpke.open(PrivateKey.decode(half), PLACE, SEALED)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_altered_byte_goes_unnoticed(at: int, change: int) -> None:
    altered = SEALED[:at] + bytes([SEALED[at] ^ change]) + SEALED[at + 1 :]

    with pytest.raises(Unreadable):
        hpke.open(PRIVATE, PLACE, altered)


@pytest.mark.parametrize("sealed", [None, b"", b"x", SEALED[:1120], SEALED[:-1], SEALED + b"x", bytes(10**6)])
def test_what_is_no_box_is_unreadable(sealed: bytes | None) -> None:
    with pytest.raises(Unreadable):
        hpke.open(PRIVATE, PLACE, sealed)


def test_a_point_that_gives_no_secret_is_refused() -> None:
    nothing = bytes(32)

    with pytest.raises(Unreadable):
        hpke.open(PRIVATE, PLACE, SEALED[:1088] + nothing + SEALED[1120:])
    with pytest.raises(ValueError, match="shared key"):
        hpke.seal(PublicKey.decode(PRIVATE.public.encoded[:-32] + nothing), PLACE, b"x")


def test_a_sealed_key_has_the_length_that_the_vault_names() -> None:
    assert len(SEALED) == 1168


def test_two_boxes_of_the_same_never_look_alike() -> None:
    """V-32."""
    assert len({hpke.seal(PRIVATE.public, PLACE, b"x")[:1120] for _ in range(20)}) == 20


def test_keys_survive_their_encoding() -> None:
    private = PrivateKey.generate()

    assert PrivateKey.decode(private.encoded) == private
    assert PublicKey.decode(private.public.encoded) == private.public
    assert PublicKey.decode(private.public.encoded).digest == private.public.digest
    assert (len(private.encoded), len(private.public.encoded)) == (97, 1217)


@pytest.mark.parametrize("encoded", [b"", b"\x01", b"\x02" + bytes(96), bytes(97), b"\x01" + bytes(97)])
def test_what_is_no_private_key_is_refused(encoded: bytes) -> None:
    with pytest.raises(ValueError, match="not a private key of version 1"):
        PrivateKey.decode(encoded)


@pytest.mark.parametrize("encoded", [b"", b"\x01", b"\x02" + bytes(1216), bytes(1217), b"\x01" + bytes(1217)])
def test_what_is_no_public_key_is_refused(encoded: bytes) -> None:
    with pytest.raises(ValueError, match="not a public key of version 1"):
        PublicKey.decode(encoded)


def test_a_public_key_outside_the_field_is_refused() -> None:
    with pytest.raises(ValueError, match="ML-KEM-768"):
        PublicKey.decode(b"\x01" + b"\xff" * 1184 + bytes(32))


@pytest.mark.parametrize("key", [PRIVATE, PRIVATE.public])
def test_no_key_shows_in_its_repr(key: PrivateKey | PublicKey) -> None:
    """Must hold 7."""
    assert repr(key.encoded)[2:20] not in repr(key)
    assert "encoded" not in repr(key)
