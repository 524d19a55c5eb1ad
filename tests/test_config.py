"""Holds the settings to the contract: what each takes, and the one sentence that refuses the rest."""

import base64
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import config
from app.settings import CannotStart, MailServer, ProcessRole, Settings
from tests.support.certificate import Certificate

KEY, OTHER_KEY = (base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
NEEDED = {
    "SECRET_KEY": KEY,
    "VAULT_KEYS": KEY,
    "AUDIT_KEY": KEY,
    "PUBLIC_URL": "https://private.example.org",
    "MAIL_DEFAULT_SENDER": "desk@example.org",
}
SHORT = base64.urlsafe_b64encode(secrets.token_bytes(31)).decode()
ALL_SAME = base64.urlsafe_b64encode(b"k" * 32).decode()
SECRETS = ("SECRET_KEY", "VAULT_KEYS", "AUDIT_KEY", "METRICS_TOKEN", "MAIL_PASSWORD", "DATABASE_URL", "REDIS_URL")


def load(**changes: str | None) -> Settings:
    """Load a good environment with changes; None removes a setting."""
    environ = {**NEEDED, **changes}
    return config.load({name: value for name, value in environ.items() if value is not None})


def refusal(**changes: str | None) -> str:
    with pytest.raises(CannotStart) as refused:
        load(**changes)
    return str(refused.value)


def assert_one_sentence(text: str) -> None:
    assert text.endswith(".")
    assert "\n" not in text
    assert ". " not in text


def test_what_is_not_set_has_the_default_of_the_contract() -> None:
    settings = load()

    assert settings == Settings(
        role=ProcessRole.ALL,
        database_url="sqlite:///instance/quietword.db",
        secret_keys=(base64.urlsafe_b64decode(KEY),),
        vault_keys=(KEY,),
        audit_key=base64.urlsafe_b64decode(KEY),
        epoch_verify_key=None,
        practice_file=Path("practice.toml"),
        public_url="https://private.example.org",
        desk_url="https://private.example.org",
        mail=MailServer("localhost", 25, False, False, None, None, "desk@example.org", None),
        redis_url=None,
        trusted_proxies=0,
        processes=1,
        metrics_token=None,
        demonstration=False,
    )


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", [None, "", "  \n"], ids=["missing", "empty", "blank"])
def test_a_needed_setting_is_asked_for_by_name(name: str, value: str | None) -> None:
    sentence = refusal(**{name: value})

    assert sentence.startswith(f"{name} is not set; ")
    assert_one_sentence(sentence)


# Each setting, a value it refuses, and a word of the sentence beside the name.
REFUSED = {
    "an unknown role": ("ROLE", "root", "all, public, desk, worker"),
    "no random key": ("SECRET_KEY", ALL_SAME, "not random"),
    "a short key": ("SECRET_KEY", SHORT, "31 bytes"),
    "a key in another writing": ("SECRET_KEY", "swordfish!", "not base64"),
    "only commas": ("SECRET_KEY", ", ,", "no key"),
    "one bad key among good ones": ("SECRET_KEY", f"{KEY},{SHORT}", "31 bytes"),
    "the same key twice": ("SECRET_KEY", f"{KEY} {KEY}", "twice"),
    "the same ring key twice": ("VAULT_KEYS", f"{KEY},{KEY}", "twice"),
    "the same ring key with and without padding": ("VAULT_KEYS", f"{KEY},{KEY.rstrip('=')}", "twice"),
    "a ring key that is too long": ("VAULT_KEYS", base64.b64encode(secrets.token_bytes(33)).decode(), "33 bytes"),
    "a short ring key": ("VAULT_KEYS", SHORT, "31 bytes"),
    "a ring key that is not random": ("VAULT_KEYS", ALL_SAME, "not random"),
    "a short audit key": ("AUDIT_KEY", SHORT, "31 bytes"),
    "an audit key that is not random": ("AUDIT_KEY", ALL_SAME, "not random"),
    "two audit keys": ("AUDIT_KEY", f"{KEY},{OTHER_KEY}", "not base64"),
    "a short verify key": ("EPOCH_VERIFY_KEY", SHORT, "31 bytes"),
    "a long verify key": ("EPOCH_VERIFY_KEY", base64.b64encode(secrets.token_bytes(48)).decode(), "48 bytes"),
    "another database": ("DATABASE_URL", "mysql://root@localhost/x", "postgresql+psycopg://"),
    "another driver": ("DATABASE_URL", "postgresql://root@localhost/x", "postgresql+psycopg://"),
    "a database in memory": ("DATABASE_URL", "sqlite://", "and a file"),
    "a database named memory": ("DATABASE_URL", "sqlite:///:memory:", "and a file"),
    "no database file": ("DATABASE_URL", "sqlite:///", "and a file"),
    "no address of a database": ("DATABASE_URL", "instance/quietword.db", "and a file"),
    "a database port in words": ("DATABASE_URL", "postgresql+psycopg://u:swordfish@h:port/db", "host/database"),
    "no https": ("PUBLIC_URL", "http://private.example.org", "https://"),
    "another scheme": ("PUBLIC_URL", "ftp://private.example.org", "https://"),
    "a path": ("PUBLIC_URL", "https://example.org/private", "scheme and a host"),
    "a question": ("PUBLIC_URL", "https://example.org?a=1", "scheme and a host"),
    "a password": ("PUBLIC_URL", "https://me:swordfish@example.org", "scheme and a host"),
    "an impossible port": ("PUBLIC_URL", "https://example.org:99999", "not an address"),
    "a host no browser sends": ("PUBLIC_URL", "https://exámple.org", "xn--"),
    "a host with a space": ("PUBLIC_URL", "https://exam ple.org", "letters"),
    "a loopback address that is not its usual name": ("PUBLIC_URL", "http://127.0.0.2", "https://"),
    "a name that only begins as loopback does": ("PUBLIC_URL", "http://localhost.example.org", "https://"),
    "a desk without https": ("DESK_URL", "http://desk.example.org", "https://"),
    "a desk with a path": ("DESK_URL", "https://example.org/desk", "scheme and a host"),
    "a mail server with a port": ("MAIL_SERVER", "localhost:25", "MAIL_PORT"),
    "a mail server as an address": ("MAIL_SERVER", "smtp://localhost", "MAIL_PORT"),
    "a mail port in words": ("MAIL_PORT", "smtp", "1 to 65535"),
    "mail port nought": ("MAIL_PORT", "0", "1 to 65535"),
    "a mail port out of reach": ("MAIL_PORT", "65536", "1 to 65535"),
    "a switch that is neither": ("MAIL_USE_TLS", "maybe", "1 or 0"),
    "a name without a password": ("MAIL_USERNAME", "anna", "MAIL_PASSWORD"),
    "no trust root there": ("MAIL_CA_FILE", "/nowhere/ca.pem", "certificate"),
    "a trust root that is none": ("MAIL_CA_FILE", __file__, "certificate"),
    "no sender address": ("MAIL_DEFAULT_SENDER", "desk", "plain address"),
    "a sender without a host": ("MAIL_DEFAULT_SENDER", "desk@", "plain address"),
    "a sender with a name": ("MAIL_DEFAULT_SENDER", "Desk <desk@example.org>", "plain address"),
    "two senders": ("MAIL_DEFAULT_SENDER", "a@example.org,b@example.org", "plain address"),
    "a sender with a line of its own": ("MAIL_DEFAULT_SENDER", "a@example.org\nBcc: b@example.org", "plain address"),
    "another store": ("REDIS_URL", "memcached://localhost", "redis://"),
    "no host of a store": ("REDIS_URL", "redis://", "redis://"),
    "a store's port in words": ("REDIS_URL", "redis://:swordfish@h:port", "not an address"),
    "many proxies": ("TRUSTED_PROXIES", "9", "0 to 8"),
    "half a proxy": ("TRUSTED_PROXIES", "1.5", "0 to 8"),
    "a number in other digits": ("TRUSTED_PROXIES", "٣", "0 to 8"),
    "a number longer than Python reads": ("TRUSTED_PROXIES", "9" * 5000, "0 to 8"),
    "a token to guess": ("METRICS_TOKEN", "swordfish", "20 characters"),
    "a demonstration that is neither": ("DEMONSTRATION", "perhaps", "1 or 0"),
}


@pytest.mark.parametrize(("name", "value", "hint"), REFUSED.values(), ids=REFUSED)
def test_a_bad_setting_is_refused_with_one_sentence_that_names_it(name: str, value: str, hint: str) -> None:
    sentence = refusal(**{name: value})

    assert name in sentence
    assert hint in sentence
    assert "swordfish" not in sentence
    assert_one_sentence(sentence)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in REFUSED.values()}))
def test_a_setting_and_its_file_are_never_both_taken(name: str, tmp_path: Path) -> None:
    """V-35."""
    file = tmp_path / "value"
    file.write_text("one", encoding="utf-8")

    sentence = refusal(**{name: "two", f"{name}_FILE": str(file)})

    assert name in sentence
    assert f"{name}_FILE" in sentence or name == "ROLE"
    assert_one_sentence(sentence)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_comes_from_a_file_as_well(name: str, tmp_path: Path) -> None:
    good = {
        "SECRET_KEY": f"{OTHER_KEY}\n{KEY}\n",
        "VAULT_KEYS": f"{OTHER_KEY}\n{KEY}\n",
        "AUDIT_KEY": f"{OTHER_KEY}\n",
        "METRICS_TOKEN": "a token of twenty characters\n",
        "MAIL_PASSWORD": "swordfish\n",
        "DATABASE_URL": "sqlite:////var/lib/quietword/quietword.db\n",
        "REDIS_URL": "redis://:swordfish@localhost/0\n",
    }
    file = tmp_path / name
    file.write_text(good[name], encoding="utf-8")
    others = {"MAIL_USERNAME": "anna"} if name == "MAIL_PASSWORD" else {}

    from_file = load(**{name: None, f"{name}_FILE": str(file)}, **others)

    assert from_file == load(**{name: good[name]}, **others)


@pytest.mark.parametrize("unreadable", ["missing", "a folder", "not text", "the key itself"])
def test_a_file_that_cannot_be_read_stops_the_start_and_is_not_repeated(unreadable: str, tmp_path: Path) -> None:
    file = tmp_path / "swordfish"
    if unreadable == "a folder":
        file.mkdir()
    if unreadable == "not text":
        file.write_bytes(b"\xff\xfe")
    named = KEY if unreadable == "the key itself" else str(file)

    sentence = refusal(SECRET_KEY=None, SECRET_KEY_FILE=named)

    assert sentence.startswith("SECRET_KEY_FILE names a file")
    assert "swordfish" not in sentence
    assert KEY not in sentence
    assert_one_sentence(sentence)


def test_an_empty_file_is_as_if_nothing_were_set(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    assert "SECRET_KEY is not set" in refusal(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "empty"))


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_plain_http_is_for_this_machine_and_decides_about_the_cookie(url: str) -> None:
    assert load(PUBLIC_URL=url).public_url == url
    assert not load(PUBLIC_URL=url).secure_cookie
    assert load(PUBLIC_URL=url, DESK_URL="https://desk.example.org").secure_cookie


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Private.Example.org/", "https://private.example.org"),
        ("https://private.example.org:443", "https://private.example.org"),
        ("https://private.example.org:8443", "https://private.example.org:8443"),
        ("http://localhost:80/", "http://localhost"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
    ],
)
def test_an_address_is_kept_as_browsers_send_it(written: str, meant: str) -> None:
    assert load(PUBLIC_URL=written).public_url == meant


@pytest.mark.parametrize("padding", ["=", ""])
@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_ring_key_may_be_pasted_in_any_writing_of_base64(padding: str, alphabet: Callable[[bytes], bytes]) -> None:
    raw = b"\xfb\xff\xbf" + secrets.token_bytes(29)
    pasted = alphabet(raw).decode().rstrip("=") + padding

    assert load(VAULT_KEYS=pasted).vault_keys == (base64.urlsafe_b64encode(raw).decode(),)


@pytest.mark.parametrize("between", [",", " ", "\n", ", \n"])
def test_keys_are_listed_newest_first(between: str) -> None:
    assert load(VAULT_KEYS=f"{KEY}{between}{OTHER_KEY}").vault_keys == (KEY, OTHER_KEY)


@pytest.mark.parametrize(
    ("more", "port"),
    [({"MAIL_USE_TLS": "1"}, 587), ({"MAIL_USE_SSL": "yes"}, 465), ({"MAIL_USE_TLS": "true", "MAIL_PORT": "25"}, 25)],
)
def test_the_mail_port_follows_the_encryption_unless_it_is_set(more: Mapping[str, str], port: int) -> None:
    assert load(MAIL_SERVER="smtp.example.org", **more).mail.port == port


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_plain_smtp_stays_on_this_machine(host: str) -> None:
    assert load(MAIL_SERVER=host).mail.host == host


@pytest.mark.parametrize("host", ["smtp.example.org", "10.0.0.1", "localhost.example.org", "0.0.0.0"])
def test_plain_smtp_to_another_machine_is_refused(host: str) -> None:
    sentence = refusal(MAIL_SERVER=host)

    assert "MAIL_USE_TLS or MAIL_USE_SSL" in sentence
    assert_one_sentence(sentence)


def test_both_kinds_of_encryption_at_once_are_refused() -> None:
    assert "both set" in refusal(MAIL_USE_TLS="1", MAIL_USE_SSL="1")


def test_an_extra_trust_root_is_kept(self_signed: Certificate) -> None:
    assert load(MAIL_CA_FILE=str(self_signed.file)).mail.ca_file == self_signed.file


@pytest.mark.parametrize("name", ["VAULT_KEYS", "AUDIT_KEY", "VAULT_KEYS_FILE", "AUDIT_KEY_FILE"])
def test_the_public_process_refuses_keys_that_open(name: str) -> None:
    changes = {"VAULT_KEYS": None, "AUDIT_KEY": None, "EPOCH_VERIFY_KEY": OTHER_KEY, name: KEY}

    sentence = refusal(ROLE="public", **changes)

    assert sentence.startswith(name.removesuffix("_FILE"))
    assert "ROLE=public" in sentence
    assert_one_sentence(sentence)


def test_a_role_that_is_misspelled_is_named_before_any_key_is_asked_for() -> None:
    sentence = refusal(ROLE="Public", VAULT_KEYS=None, AUDIT_KEY=None, EPOCH_VERIFY_KEY=OTHER_KEY)

    assert sentence == "ROLE is one of all, public, desk, worker."


def test_the_public_process_needs_the_key_that_verifies_epochs() -> None:
    sentence = refusal(ROLE="public", VAULT_KEYS=None, AUDIT_KEY=None)

    assert sentence.startswith("EPOCH_VERIFY_KEY is not set")
    assert_one_sentence(sentence)


def test_the_public_process_holds_nothing_that_opens() -> None:
    settings = load(ROLE="public", VAULT_KEYS=None, AUDIT_KEY=None, EPOCH_VERIFY_KEY=OTHER_KEY)

    assert (settings.vault_keys, settings.audit_key) == ((), None)
    assert settings.epoch_verify_key == base64.urlsafe_b64decode(OTHER_KEY)
    assert settings.serves_public
    assert not settings.serves_desk


@pytest.mark.parametrize(("role", "public", "desk"), [("desk", False, True), ("worker", False, False)])
def test_the_other_roles_need_the_keys_and_serve_their_part(role: str, public: bool, desk: bool) -> None:
    settings = load(ROLE=role)

    assert (settings.serves_public, settings.serves_desk) == (public, desk)
    assert "AUDIT_KEY is not set" in refusal(ROLE=role, AUDIT_KEY=None)
    assert "VAULT_KEYS is not set" in refusal(ROLE=role, VAULT_KEYS=None)
