"""Holds the rules of the house, and shows of each rule that breaking it is noticed."""

from collections.abc import Callable, Iterator

import pytest

from tests.support import import_rules, running, source
from tests.support.source import Module, Source

OURS = ("app", "config", "wsgi", "migrations", "script", "tests", "tools")


@pytest.fixture(scope="module")
def project() -> Source:
    return source.read(running.ROOT, OURS)


@pytest.fixture(scope="module")
def product() -> Source:
    return source.read(running.ROOT, tuple(name for name in OURS if name not in ("tests", "tools")))


def none_of(breaches: Iterator[str]) -> None:
    found = list(breaches)
    assert not found, "\n" + "\n".join(found)


def test_the_whole_house_is_read(project: Source) -> None:
    tops = {module.name.split(".")[0] for module in project.modules}

    assert tops == set(OURS)


def test_every_import_goes_down_and_never_sideways(project: Source) -> None:
    none_of(import_rules.breaches_of_the_table(project))


def test_every_import_between_packages_goes_down(project: Source) -> None:
    none_of(import_rules.breaches_between_packages(project))


def test_every_part_of_the_app_has_its_place_in_the_table(project: Source) -> None:
    parts = {import_rules.part(module.name) for module in project.below("app")}

    assert parts <= set(import_rules.MAY_KNOW)
    assert set(import_rules.MAY_KNOW) == set(import_rules.NEVER)


def test_no_part_knows_a_part_that_knows_it() -> None:
    def reach(part: str) -> set[str]:
        return import_rules.MAY_KNOW[part].union(*(reach(below) for below in import_rules.MAY_KNOW[part]))

    assert [part for part in import_rules.MAY_KNOW if part in reach(part)] == []


def test_what_has_one_way_is_done_in_one_place(product: Source) -> None:
    """V-25: whether this service wrote a row, and for whom a request does not exist, is asked in one way."""
    none_of(import_rules.out_of_place(product))


def test_no_file_and_no_function_grows_too_long(project: Source) -> None:
    none_of(import_rules.too_large(project))


def test_no_function_imports(project: Source) -> None:
    none_of(import_rules.imports_inside_functions(project))


def test_every_module_says_what_it_owns(project: Source) -> None:
    none_of(import_rules.without_docstring(project))


def test_all_randomness_comes_from_secrets(product: Source) -> None:
    """V-34."""
    none_of(import_rules.guessable(product))


VIEW = "bp = Blueprint('x', __name__)\n@bp.get('/')\ndef show(): ..."


def house_with(name: str, text: str) -> Source:
    """Return a small house in order, with one file added."""
    rooms = {
        "app": "",
        "app.current": "",
        "app.db": "",
        "app.mail": "",
        "app.settings": "",
        "app.models": "class Status(StrEnum): ...\nclass Intake(Model): ...",
        "app.crypto.ring": "",
        "app.domain.work": "",
        "app.domain.intake.opening": "",
        "app.domain.casework.claims": "",
        "app.domain.team.team": "",
        "app.cli.keys": "",
        "app.web": "",
        "app.web.guard": "",
        "app.web.layout": VIEW,
        "app.web.routes": "",
        "app.web.ops": VIEW,
        "app.web.desk": "",
        "app.web.desk.forms": "",
        "app.web.desk.lists.queue": VIEW,
        "app.web.desk.request.intake": VIEW,
        "app.web.public.intake": VIEW,
        "config": "",
        "wsgi": "",
    }
    packages = ("app", "app.models", "app.web", "app.web.desk")
    return Source([Module(room, words, package=room in packages) for room, words in {**rooms, name: text}.items()])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.crypto.locks", "import flask"),
        ("app.crypto.locks", "from flask_wtf import FlaskForm"),
        ("app.crypto.locks", "import sqlalchemy.orm"),
        ("app.crypto.locks", "from app import models"),
        ("app.crypto.locks", "from ..domain.intake import intakes"),
        ("app.models.team", "import cryptography"),
        ("app.models.team", "from app.crypto import ring"),
        ("app.domain.rota.rota", "from werkzeug.exceptions import NotFound"),
        ("app.domain.rota.rota", "from flask_mail import Mail"),
        ("app.domain.rota.rota", "from app import current"),
        ("app.domain.rota.rota", "import app.web.guard"),
        ("app.domain.rota.rota", "from app.settings import Settings"),
        ("app.db", "from app.models import Intake"),
        ("app.mail", "from app.web import guard"),
        ("app.current", "from app import mail"),
        ("app.web.forms", "from sqlalchemy import select"),
        ("app.web.forms", "from cryptography.fernet import Fernet"),
        ("app.web.forms", "from app import db"),
        ("app.web.forms", "from app.cli import keys"),
        ("app.web.forms", "from app.models import Intake"),
        ("app.web.forms", "from app import models"),
        ("app.web.forms", "from app.web.desk.lists import queue"),
        ("app.web.ops", "from app.web.desk.lists import queue\n" + VIEW),
        ("app.web.guard", "from app.web import ops"),
        ("app.web.layout", "from app.web.public import intake"),
        ("app.web.desk.rota.rota", "from app.web import routes"),
        ("app.web.desk.rota.rota", "from app.web.public import intake"),
        ("app.web.desk.rota.rota", "from app.web.desk.lists import queue\n" + VIEW),
        ("app.web.desk.rota.rota", "from app import create_app"),
        ("app.current", "import config"),
        ("app.current", "if TYPE_CHECKING:\n    from app import create_app"),
        ("app.services.mailer", "from app.db import Database"),
        ("config", "from app import create_app"),
        ("migrations.versions.0001_begin", "from app.models import Intake"),
        ("script.serve", "from app.db import Database"),
    ],
)
def test_an_import_against_the_table_is_noticed(name: str, text: str) -> None:
    found = list(import_rules.breaches_of_the_table(house_with(name, text)))

    assert len(found) == 1
    assert found[0].startswith(f"{name}, line ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app", "from app import current, db, web\nfrom app.settings import Settings"),
        (
            "app.web.forms",
            "from app.models import Status\nfrom app.domain.intake import intakes\nfrom flask_wtf import FlaskForm",
        ),
        (
            "app.web.desk.rota.rota",
            "from app import current\nfrom app.web import guard, layout\n" + VIEW,
        ),
        ("app.web.routes", "from app.web import ops\nfrom app.web.public import intake"),
        ("app.web", "from app.web import guard, ops\nfrom app.web.desk.lists import queue"),
        ("app.web.desk", "from app.web.desk.lists import queue\n" + VIEW),
        ("app.cli.keys", "from app import mail, current\nfrom sqlalchemy import select"),
        (
            "app.domain.rota.rota",
            "from app.models import Intake\nfrom app.crypto import ring\nfrom sqlalchemy import select",
        ),
        ("wsgi", "import config\nfrom app import create_app\nfrom app.settings import CannotStart"),
    ],
)
def test_an_import_within_the_table_is_fine(name: str, text: str) -> None:
    assert list(import_rules.breaches_of_the_table(house_with(name, text))) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("app.domain.vault.key_register", "from app.domain.intake import intakes", id="up"),
        pytest.param("app.domain.intake.thread", "from app.domain.casework.claims import claim", id="up by name"),
        pytest.param("app.domain.casework.notes", "from app.domain.team import team", id="to a neighbor"),
        pytest.param("app.domain.audit", "from app.domain.intake import intakes", id="from beside packages"),
        pytest.param("app.domain.mail.notes", "from app.domain import work", id="a package without a floor"),
        pytest.param("app.web.desk.lists.search", "from app.web.desk.request import intake", id="at the desk"),
    ],
)
def test_an_import_between_packages_that_goes_up_is_noticed(name: str, text: str) -> None:
    assert len(list(import_rules.breaches_between_packages(house_with(name, text)))) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.domain.casework.notes", "from app.domain import work\nfrom app.domain.intake import intakes"),
        ("app.domain.casework.notes", "from app.domain.casework import claims"),
        ("app.web.desk.request.card", "from app.web.desk import forms\nfrom app.web.desk.lists import queue"),
        ("app.web.desk", "from app.web.desk.request import intake\nfrom app.web.desk.lists import queue"),
    ],
)
def test_an_import_between_packages_that_goes_down_is_fine(name: str, text: str) -> None:
    assert list(import_rules.breaches_between_packages(house_with(name, text))) == []


def lines(count: int) -> str:
    return "x = 1\n" * count


@pytest.mark.parametrize(
    ("rule", "broken", "kept"),
    [
        pytest.param(import_rules.too_large, lines(351), lines(350), id="a long file"),
        pytest.param(
            import_rules.too_large,
            "def f():\n" + "    x = 1\n" * 50,
            "def f():\n" + "    x = 1\n" * 49,
            id="a long function",
        ),
        pytest.param(
            import_rules.out_of_place,
            "work.vault.secret.check_origin(facts, tag)",
            "sealed.answers(work, row, key)",
            id="another check of the origin",
        ),
        pytest.param(
            import_rules.out_of_place,
            "from app.models import Account, Exclusion",
            "from app.models import Account\nfrom app.domain import exclusions",
            id="another question for whom a request exists",
        ),
        pytest.param(
            import_rules.out_of_place,
            "import app.models\nselect(app.models.Exclusion)",
            "import app.models\nselect(app.models.Account)",
            id="the same by attribute",
        ),
        pytest.param(
            import_rules.imports_inside_functions, "def f():\n    import os", "import os", id="an import inside"
        ),
        pytest.param(import_rules.without_docstring, "x = 1", '"""Owns x."""', id="no docstring"),
        pytest.param(import_rules.guessable, "import random", "import secrets", id="random"),
        pytest.param(
            import_rules.guessable, "from random import choice", "from secrets import choice", id="a name of random"
        ),
        pytest.param(import_rules.guessable, "from os import urandom", "from os import environ", id="urandom"),
        pytest.param(import_rules.guessable, "x = os.urandom(8)", "x = os.environ", id="urandom by attribute"),
        pytest.param(import_rules.guessable, "x = uuid.uuid1()", "x = uuid.uuid4()", id="uuid1"),
    ],
)
def test_breaking_a_rule_is_noticed(rule: Callable[[Source], Iterator[str]], broken: str, kept: str) -> None:
    assert len(list(rule(Source([Module("app.domain.rota.rota", broken)])))) == 1
    assert list(rule(Source([Module("app.domain.rota.rota", kept)]))) == []
