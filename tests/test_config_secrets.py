"""No setting that is secret can be read from a repr, a sentence or a traceback."""

import base64
import traceback
from collections.abc import Mapping
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import CannotStart, Settings
from tests.test_config import KEY, SECRETS, assert_one_sentence, load


def test_settings_show_no_secret() -> None:
    """V-49."""
    hidden = {
        "DATABASE_URL": "postgresql+psycopg://quietword:swordfish1@localhost/quietword",
        "REDIS_URL": "redis://:swordfish2@localhost",
        "METRICS_TOKEN": "swordfish3-swordfish3-swordfish3",
        "MAIL_USERNAME": "anna",
        "MAIL_PASSWORD": "swordfish4",
    }
    settings = load(**hidden)

    assert "swordfish" not in repr(settings)
    for key in (KEY, str(base64.urlsafe_b64decode(KEY)), repr(base64.urlsafe_b64decode(KEY))):
        assert key not in repr(settings)
    shown = {field.name for field in fields(Settings) if field.repr}
    assert shown.isdisjoint({"secret_keys", "vault_keys", "audit_key", "database_url", "redis_url", "metrics_token"})


#: What a real environment may hold: no NUL, no lone surrogate.
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=8).map("Zq{}".format)


@given(name=st.sampled_from(SECRETS), value=VALUES, in_file=st.booleans())
def test_whatever_a_secret_holds_no_sentence_repeats_it(name: str, value: str, in_file: bool) -> None:
    """V-49."""
    changes = {name: None, f"{name}_FILE": value} if in_file else {name: value}

    sentence = complaint({"MAIL_USERNAME": "anna", **changes})

    if sentence is not None:
        assert value.strip() not in sentence
        assert_one_sentence(sentence)


@pytest.mark.parametrize("name", [*SECRETS, "SECRET_KEY_FILE"])
def test_a_refusal_carries_no_error_that_could_hold_the_secret(name: str) -> None:
    """V-49: a traceback shows the errors behind an error as well."""
    others = {"MAIL_USERNAME": "anna", "MAIL_USE_SSL": "1", "MAIL_USE_TLS": "1"} if name == "MAIL_PASSWORD" else {}
    secret = "swordfish"

    with pytest.raises(CannotStart) as refused:
        load(**{**others, name.removesuffix("_FILE"): None, name: secret})

    assert refused.value.__context__ is refused.value.__cause__ is None
    assert secret not in "".join(traceback.format_exception(refused.value))


def complaint(changes: Mapping[str, str | None]) -> str | None:
    """Return the sentence that stops a start, or None when there is none."""
    try:
        load(**changes)
    except CannotStart as refused:
        return str(refused)
    return None
