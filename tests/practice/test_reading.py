"""The practice file: both examples load, and every mistake is named in plain words, all at once."""

import datetime as dt
from pathlib import Path

import pytest

from app import practice
from app.practice.reading import understand
from tests.practice.damage import EXAMPLES, changed, lines, without

FILES = sorted(EXAMPLES.glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_both_examples_load_in_both_languages(file: Path) -> None:
    example = practice.load(file)

    assert example.languages == ("en", "es")
    assert all({"en", "es"} <= program.label.keys() for program in example.programs.values())
    assert all({"en", "es"} <= topic.keys() for topic in example.topics.values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_examples_say_that_they_are_examples_and_use_numbers_kept_for_stories(file: Path) -> None:
    assert "EVERYTHING ELSE IS AN EXAMPLE" in file.read_text(encoding="utf-8")
    assert "555-01" in practice.load(file).phone.shown


def test_the_first_practice_offers_its_three_programs(arizona: practice.Practice) -> None:
    labels = {slug: program.label["en"] for slug, program in arizona.programs.items()}

    assert labels == {"sabr": "SABR", "tribe": "Tribe", "band-of-brothers": "Band of Brothers"}
    assert arizona.teen_program == "band-of-brothers"
    assert arizona.phone.uri == "tel:+1-480-555-0142"
    assert str(arizona.phone) == "480-555-0142"
    assert not arizona.calls.withheld


def test_the_second_practice_meets_both_partners_in_person_and_by_video(texas: practice.Practice) -> None:
    assert texas.time_zone == "America/Chicago"
    assert texas.meet == ("person", "video")
    assert {"betrayed", "betrayer"} <= texas.topics.keys()
    assert texas.teen_program is None
    assert texas.calls.withheld


def test_what_is_left_out_takes_its_stated_default(usual: practice.Practice) -> None:
    assert usual.night == "wait"
    assert usual.tries == 2
    assert usual.return_code
    assert usual.calling_hours == usual.hours
    assert usual.call_languages == usual.languages
    assert (usual.escalation.minutes, usual.escalation.pause_minutes) == (15, 60)
    assert (usual.retention.days, usual.retention.backup_days) == (90, 35)
    assert usual.promise.work_days == 1
    assert usual.exit_address == "https://www.weather.gov/"
    assert usual.page.title is None
    assert usual.colors.light.brand == "#1C5850"
    assert usual.optional_fields == usual.embed_origins == usual.meet == ()
    assert not any([usual.holidays, usual.programs, usual.topics, usual.labels])


WRONG: list[tuple[str, object, str]] = [
    ("name", "", "a text of 1 to 60 letters"),
    ("name", "x" * 61, "a text of 1 to 60 letters"),
    ("name", "two\nlines", "on one line"),
    ("name", "turned \u202e around", "a text of"),
    ("phone", "911", 'a phone number like "480-555-0142", found "911"'),
    ("phone", "call us", "a phone number"),
    ("phone", 4805550142, "a phone number like"),
    ("languages", [], "a list of at least 1"),
    ("languages", ["es"], 'a list with "en"'),
    ("call_languages", "en", "a list"),
    ("time_zone", "Arizona", 'a time zone like "America/Phoenix", found "Arizona"'),
    ("time_zone", "../../etc/passwd", "a time zone"),
    ("licensed_states", [], "a list of at least 1"),
    ("alarm_email", "nobody", "an email address"),
    ("night", "sleep", 'one of "wait", "tell", found "sleep"'),
    ("tries", 0, "a whole number from 1 to 10, found 0"),
    ("tries", True, "a whole number"),
    ("tries", 2.0, "a whole number"),
    ("return_code", "yes", 'true or false, found "yes"'),
    ("meet", [], 'at least one entry, because optional_fields has "meet"'),
    ("programs", {}, 'at least one entry, because optional_fields has "program"'),
    ("exit_address", "http://www.weather.gov/", "an https address"),
    ("exit_address", "javascript:alert(1)", "an https address"),
    ("exit_address", "https://user@www.weather.gov/", "an https address"),
    ("exit_address", 'https://www.weather.gov/"onclick', "an https address"),
    ("exit_address", "https://www.weather.gov:99999/", "an https address"),
    ("exit_address", "https://localhost/", "an https address"),
    ("hours.monday", "9 to 5", 'two times like "09:00-17:00"'),
    ("hours.monday", "17:00-09:00", "two times"),
    ("hours.monday", "25:00-26:00", "two times"),
    ("hours.monday", "09:00-12:00, 11:00-17:00", "two times"),
    ("hours.monday", "09:00-24:00, 11:00-17:00", "two times"),
    ("hours.monday", dt.time(9), "two times like"),
    ("hours", {}, "at least one day with times"),
    ("calling_hours", {"monday": "closed"}, "at least one day with times"),
    ("holidays.2026-02-30", "Never", "a key that is a date like 2026-12-25"),
    ("holidays.2026-12-25", 1, "a text of 1 to 60 letters"),
    ("promise", {}, "either work_days or work_hours, found neither"),
    ("promise", {"work_days": 1, "work_hours": 8}, "either work_days or work_hours, found both"),
    ("promise.work_days", 0, "a whole number from 1 to 10"),
    ("calls.shows", "Family Strategies", 'or "no number"'),
    ("calls.line", "", "a text of"),
    ("escalation.minutes", 0, "a whole number from 1"),
    ("escalation.pause_minutes", -5, "a whole number from 1"),
    ("retention.days", 0, "a whole number from 1"),
    ("retention.backup_days", "35", "a whole number from 1"),
    ("programs.unsure", {"label": "Unsure"}, 'not "unsure"'),
    ("programs.SABR", {"label": "SABR"}, "3 to 30 small letters"),
    ("programs.en", {"label": "English"}, "3 to 30 small letters"),
    ("programs.sabr.audience", "men", 'one of "adults", "students", "teens"'),
    ("topics.teen", "My teen", "for each language"),
    ("topics.teen.en", "Victims of a cheater", 'a text that does not say "Victims"'),
    ("topics.teen.es", "Mi adicción", 'a text that does not say "adicción"'),
    ("topics.other", {"en": "Other", "es": "Otro"}, "a key that is one of"),
    ("labels.h1.en", "Is this your problem?", 'does not say "your problem"'),
    ("labels.urgent", {"en": "Wait", "es": "Espere"}, "a key that is one of"),
    ("notice.version", "the new one!", "a version like"),
    ("notice.date", "2026-11-22", "a date like 2026-12-25 without quotes"),
    ("notice.date", dt.datetime(2026, 11, 22, tzinfo=dt.UTC), "a date like"),
    ("notice.text", "", "a text with lines"),
    ("emergencies.danger.steps", [], "a list of at least 1"),
    ("emergencies.child_harm.report_within_hours", -1, "a whole number from 0 to 168"),
    ("page.title.en", "", "a text of 1 to 60 letters"),
    ("colors.light.brand", "green", 'a color like "#1C5850"'),
]


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    WRONG,
    ids=lambda part: str(part)[:30],
)
def test_each_kind_of_mistake_names_its_key_and_what_is_expected(path: str, value: object, sentence: str) -> None:
    """S-24 for the exit address; F-09 and F-27 for labels."""
    table = changed(path, value)
    if path == "meet":
        table["optional_fields"] = ["meet", "program"]

    found = lines(table)

    assert any(line.startswith(f"{path}: ") and sentence in line for line in found), found


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("languages", ["en", "fr"], 'languages.2: one of "en", "es", found "fr"'),
        ("licensed_states", ["AZ", "az"], 'licensed_states.2: a state as two letters like "AZ", found "az"'),
        ("licensed_states", ["AZ", "AZ"], 'licensed_states.2: each entry once, found "AZ"'),
        (
            "embed_origins",
            ["https://a.example", "https://A.example"],
            'embed_origins.2: each entry once, found "https://A.example"',
        ),
        (
            "embed_origins",
            ["https://a.b/c"],
            'embed_origins.1: an https origin without a path like "https://www.example.org", found "https://a.b/c"',
        ),
        ("programs.sabr.label", {"fr": "SABR"}, "programs.sabr.label.fr: no such key; known here: en, es"),
        (
            "programs.sabr.label",
            {"en": "SABR"},
            "programs.sabr.label.es: a text for this language of the practice, but it is missing",
        ),
        ("hours.mondey", "closed", 'hours.mondey: no such key; did you mean "monday"?'),
        ("phnoe", "480-555-0142", 'phnoe: no such key; did you mean "phone"?'),
        (
            "colors.light.surface",
            "#FFFFFF",
            "colors.light.surface: no such key; known here: brand, brand_hover, ground",
        ),
        ("programs.en.lable", "English", 'programs.en.lable: no such key; did you mean "label"?'),
    ],
    ids=lambda part: str(part)[:30],
)
def test_a_mistake_within_a_list_or_table_names_the_very_place(path: str, value: object, line: str) -> None:
    assert line in lines(changed(path, value))


@pytest.mark.parametrize(
    "origin",
    ["http://www.example.org", "https://*.example.org", "https://a.example;x", "*", "https://example"],
)
def test_only_a_plain_https_origin_may_embed(origin: str) -> None:
    assert lines(changed("embed_origins", [origin]))[0].startswith("embed_origins.1: an https origin")


def test_origins_are_kept_in_small_letters_and_loopback_may_be_http_for_trying_out() -> None:
    found = understand(changed("embed_origins", ["https://WWW.Example.org", "http://localhost:8080"]))

    assert found.embed_origins == ("https://www.example.org", "http://localhost:8080")


def test_the_exit_never_leads_back_to_this_site() -> None:
    """S-24: no path to this site, under any of its names."""
    found = lines(changed("exit_address", "https://Help.Example.org/x"), own_hosts=["help.example.org"])

    assert found == ("exit_address: an address of another site, found this one (help.example.org)",)


NEEDED = [
    "name", "phone", "languages", "time_zone", "licensed_states", "alarm_email", "hours", "calls",
    "calls.line", "calls.shows", "calls.answered_as", "notice", "notice.version", "notice.date",
    "notice.contact", "emergencies", "emergencies.child_harm", "emergencies.danger",
    "emergencies.danger.steps", "programs.sabr.label", "topics.teen.es", "page.title.en",
]  # fmt: skip


@pytest.mark.parametrize("path", NEEDED)
def test_what_must_be_there_is_missed_by_name(path: str) -> None:
    """S-59 for the calls, S-39 for the emergencies."""
    [line] = lines(without(path))

    assert line.startswith(f"{path}: ")
    assert line.endswith(", but it is missing")


@pytest.mark.parametrize(("field", "key"), [("program", "programs"), ("meet", "meet")])
def test_a_question_without_answers_is_a_mistake(field: str, key: str) -> None:
    """F-14, F-15."""
    table = without(key) | {"optional_fields": [field]}

    assert lines(table) == (f'{key}: at least one entry, because optional_fields has "{field}"',)


def test_answers_with_a_mistake_are_not_told_to_be_absent_as_well() -> None:
    [line] = lines(changed("programs.sabr.label", 5))

    assert line.startswith("programs.sabr.label: ")


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    path.write_text((EXAMPLES / "resilient-mind.toml").read_text(encoding="utf-8"), encoding="utf-8-sig")

    assert practice.load(path).name == "Resilient Mind"


def test_every_mistake_is_told_at_once() -> None:
    table = changed("hours.monday", "9 to 5") | {"phone": "911", "phnoe": "1", "tries": "two"}
    table["programs"] = {}
    table["topics"]["teen"] = {"en": "My addict"}
    table["colors"] = {"light": {"brand": "#FFFFFF", "ground": "white"}, "dark": {"brand": "#141C1B"}}
    del table["calls"]["line"], table["name"]

    with pytest.raises(practice.Mistakes) as caught:
        understand(table, own_hosts=["www.weather.gov"])

    keys = {line.split(": ")[0] for line in caught.value.lines}
    assert keys == {
        "phnoe", "name", "phone", "tries", "hours.monday", "calls.line", "topics.teen.en", "topics.teen.es",
        "programs", "colors.light.ground", "colors.dark.brand", "exit_address",
    }  # fmt: skip
    assert str(caught.value).startswith(f"The practice file has {len(caught.value.lines)} mistakes:\n  ")
    assert all(line in str(caught.value) for line in caught.value.lines)


def test_an_entry_that_stands_twice_is_named_beside_one_that_cannot_be_read() -> None:
    assert lines(changed("licensed_states", ["AZ", "ZZ", "AZ"])) == (
        'licensed_states.2: a state as two letters like "AZ", found "ZZ"',
        'licensed_states.3: each entry once, found "AZ"',
    )


def test_a_list_of_nothing_readable_is_not_called_empty() -> None:
    assert lines(changed("licensed_states", ["ZZ"])) == (
        'licensed_states.1: a state as two letters like "AZ", found "ZZ"',
    )


def test_one_mistake_is_told_as_one() -> None:
    with pytest.raises(practice.Mistakes, match=r"^The practice file has one mistake:\n  tries: "):
        understand(changed("tries", 0))


def test_a_long_wrong_value_is_shown_shortened() -> None:
    [line] = lines(changed("night", "x" * 500))

    assert len(line) < 100


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "a practice file at"),
        (b"name = \xff", "text in UTF-8"),
        (b"name = ", "text in the TOML format"),
        (b"tries = " + b"9" * 5000, "text in the TOML format"),
        (b"x = " + b"[" * 20000, "text in the TOML format"),
    ],
    ids=["missing", "other bytes", "half a line", "a huge number", "too deep"],
)
def test_a_file_that_is_no_practice_file_is_a_mistake_too(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "practice.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(practice.Mistakes, match=rf"the file: {words}"):
        practice.load(path)


def test_an_empty_file_asks_for_everything_that_is_needed() -> None:
    with pytest.raises(practice.Mistakes) as caught:
        practice.read("")

    assert {line.split(": ")[0] for line in caught.value.lines} == {
        key for key in NEEDED if "." not in key
    }  # fmt: skip
