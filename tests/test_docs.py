"""The pages for operators name what there is: every setting, every command, every option, and nothing else."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from flask import Flask

import config
from app.settings import CannotStart, ProcessRole
from tests.cli.test_help import BUILT_IN, commands
from tests.support import running

DOCS = running.ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *running.ROOT.glob("*.md")])
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")


class Row(NamedTuple):
    default: str
    example: str


ROWS = {
    name: Row(default.strip("`"), example)
    for name, default, example in re.findall(
        r"^\| `([A-Z_]+)` \| ([^|]*) \| [^|]* \| `([^|]*)` \|$", CONFIGURATION, re.MULTILINE
    )
}


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)


def good(tmp_path: Path, **changes: str) -> dict[str, str]:
    return running.environment(tmp_path, database_url="sqlite:///x.db") | changes


def read_by_config(tmp_path: Path) -> set[str]:
    asked = Asked(good(tmp_path))
    config.load(asked)
    return {name for name in asked.names if f"{name}_FILE" in asked.names}


def read_elsewhere() -> set[str]:
    """Names that the web server's settings and the demonstration take from the environment themselves."""
    sources = [running.ROOT / "gunicorn.conf.py", *(running.ROOT / "app").rglob("*.py")]
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    return set(re.findall(r'(?:environ\.get|_number)\("([A-Z_]+)"', text))


def test_every_setting_is_documented_and_every_documented_setting_is_read(tmp_path: Path) -> None:
    assert set(ROWS) == read_by_config(tmp_path) | read_elsewhere()


def test_the_page_says_which_settings_must_be_given(tmp_path: Path) -> None:
    def needed(name: str, role: ProcessRole) -> bool:
        environ = good(tmp_path, ROLE=role)
        if role is ProcessRole.PUBLIC:
            environ |= {"VAULT_KEYS": "", "AUDIT_KEY": "", "EPOCH_VERIFY_KEY": environ["SECRET_KEY"]}
        try:
            config.load({**environ, name: ""})
        except CannotStart as refused:
            return str(refused).startswith(f"{name} is not set")
        return False

    said = {name for name, row in ROWS.items() if row.default.startswith("required")}
    said_for_public = {name for name, row in ROWS.items() if "; required with `ROLE=public" in row.default}

    assert said == {name for name in ROWS if needed(name, ProcessRole.ALL)}
    assert said_for_public == {
        name for name in ROWS if needed(name, ProcessRole.PUBLIC) and not needed(name, ProcessRole.ALL)
    }


#: Rows whose example is a placeholder, or a file of the reader's own.
UNTRIED = {name for name, row in ROWS.items() if "<" in row.example} | {"MAIL_CA_FILE"}


@pytest.mark.parametrize("name", sorted(set(ROWS) - UNTRIED))
def test_every_example_is_accepted(name: str, tmp_path: Path) -> None:
    together = {"MAIL_USERNAME": {"MAIL_PASSWORD": "x"}, "MAIL_SERVER": {"MAIL_USE_TLS": "1"}}
    environ = good(tmp_path, **{name: ROWS[name].example, **together.get(name, {})})
    if ROWS[name].example == "public":
        environ |= {"VAULT_KEYS": "", "AUDIT_KEY": "", "EPOCH_VERIFY_KEY": environ["SECRET_KEY"]}

    config.load(environ)


def test_each_default_on_the_page_is_the_one_that_is_used(tmp_path: Path) -> None:
    in_words = ("required", "none")
    plain = {
        name: row.default
        for name, row in ROWS.items()
        if re.fullmatch(r"[a-z0-9./:]+", row.default) and row.default not in in_words
    }
    settings = config.load({k: v for k, v in good(tmp_path).items() if k not in plain})
    used = {
        "ROLE": settings.role,
        "TRUSTED_PROXIES": str(settings.trusted_proxies),
        "PRACTICE_FILE": str(settings.practice_file),
        "DEMONSTRATION": str(int(settings.demonstration)),
        "DATABASE_URL": settings.database_url,
        "MAIL_SERVER": settings.mail.host,
        "MAIL_USE_TLS": str(int(settings.mail.use_tls)),
        "MAIL_USE_SSL": str(int(settings.mail.use_ssl)),
    }
    elsewhere = (running.ROOT / "gunicorn.conf.py").read_text(encoding="utf-8") + (
        running.ROOT / "app" / "cli" / "demo.py"
    ).read_text(encoding="utf-8")

    assert {name: plain[name] for name in used} == used
    for name in set(plain) - set(used):
        assert plain[name] in elsewhere, name


def test_the_table_of_roles_is_what_the_settings_ask_for(tmp_path: Path) -> None:
    table = re.findall(r"^\| `(all|public|desk|worker)` \|[^|]*\| (.*) \|$", CONFIGURATION, re.MULTILINE)
    names = ("SECRET_KEY", "VAULT_KEYS", "AUDIT_KEY", "EPOCH_VERIFY_KEY")

    for role, cells in table:
        said = dict(zip(names, cells.split(" | "), strict=True))
        held = {name for name, word in said.items() if word != "refused"}
        keys = good(tmp_path)
        keys["EPOCH_VERIFY_KEY"] = keys["SECRET_KEY"]
        environ = {name: value for name, value in keys.items() if name not in names or name in held}
        config.load({**environ, "ROLE": role})
        for name, word in said.items():
            changed = {**environ, "ROLE": role, name: keys[name] if word == "refused" else ""}
            assert starts(changed) is (word == "not needed"), (role, name)
    assert [role for role, _ in table] == list(ProcessRole)


def starts(environ: Mapping[str, str]) -> bool:
    try:
        config.load(environ)
    except CannotStart:
        return False
    return True


def sections() -> Iterator[tuple[str, str]]:
    """Yield each command that has a section of its own, with what the section says."""
    for part in OPERATIONS.split("\n### ")[1:]:
        heading, _, text = part.partition("\n")
        if found := re.fullmatch(r"`flask ([a-z ]+)`", heading):
            yield found[1], text.partition("\n## ")[0]


def test_every_command_has_its_section_with_every_option_and_nothing_else_has(app: Flask) -> None:
    there = {
        " ".join(words): sorted(
            option for parameter in command.params for option in parameter.opts if option.startswith("--")
        )
        for words, command in commands(app.cli)
        if words[0] not in BUILT_IN and not isinstance(command, click.Group)
    }

    said = {name: sorted(re.findall(r"^- `(--[a-z]+)`: ", text, re.MULTILINE)) for name, text in sections()}

    assert said == there


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_no_page_for_operators_names_a_command_that_does_not_exist(page: Path, app: Flask) -> None:
    if page.name not in ("configuration.md", "operations.md", "practice.md"):
        return
    known = {" ".join(words) for words, _ in commands(app.cli)}

    for named in re.findall(r"flask ((?:[a-z]+ ?)+)", page.read_text(encoding="utf-8")):
        words = named.split()
        assert any(" ".join(words[:count]) in known for count in (1, 2)), named


def test_every_obstacle_of_readyz_is_explained() -> None:
    source = (running.ROOT / "app" / "domain" / "health" / "readiness.py").read_text(encoding="utf-8")
    words = {*re.findall(r'^        +return "([a-z]+)"$', source, re.MULTILINE), "database", "canary"}

    assert set(re.findall(r"^\| `([a-z]+)` \|", OPERATIONS, re.MULTILINE)) == words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([a-z-]+))?\)", text):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_ours_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(
        r"(?<![\w./-])((?:app|docs|migrations|practices|script|templates|tests|tools)/[\w./-]*\w)",
        page.read_text(encoding="utf-8"),
    )

    assert [name for name in named if not _there(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_blank_line_is_above_every_heading(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)

    assert re.findall(r"[^\n]\n(#+ .+)$", text, re.MULTILINE) == []


def test_the_example_for_contributors_is_a_test_that_runs() -> None:
    contributing = (running.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```python\n(def test_.+?)^```$", contributing, re.MULTILINE | re.DOTALL)

    assert example in (running.ROOT / "tests" / "support" / "test_office.py").read_text(encoding="utf-8")


def test_every_decision_has_its_line_in_the_list() -> None:
    folder = DOCS / "decisions"
    listed = re.findall(r"^- \[\d+\]\(([\w.-]+)\) ", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert listed == sorted(page.name for page in folder.glob("0*.md"))


def test_the_version_of_the_project_has_its_changes() -> None:
    project = tomllib.loads((running.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (running.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", changes, re.MULTILINE)

    assert project["version"] == versions[0]
    assert re.findall(r"^## (.+)$", changes, re.MULTILINE)[0] == "Unreleased"


def _there(name: str) -> bool:
    """Return whether there is such a file; a table may leave out the ending of a Python file."""
    return (running.ROOT / name).exists() or (running.ROOT / f"{name}.py").exists()
