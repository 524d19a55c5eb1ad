"""Adds --quick: rules and pages on SQLite, without what needs a browser, another program or a long time."""

from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parents[1]
_RULES_AND_PAGES = {"crypto", "domain", "mail", "practice", "web"}
_RULES_OF_THE_SOURCE = {"test_config.py", "test_docs.py", "test_evidence.py", "test_house.py"}
#: Fixtures that start something; a test may come by them through another one.
_START_SOMETHING = {"_driver", "programs", "postgresql_url", "empty_postgresql_url"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="only rules and pages, on SQLite and without a browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("quick"):
        left_out = [item for item in items if not quick(item)]
        items[:] = [item for item in items if quick(item)]
        config.hook.pytest_deselected(items=left_out)


def quick(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    # Which database it is, a parameter says.
    chosen = getattr(getattr(item, "callspec", None), "id", "")
    return (
        item.path.relative_to(_TESTS).parts[0] in _RULES_AND_PAGES | _RULES_OF_THE_SOURCE
        and not asked & _START_SOMETHING
        and "postgresql" not in chosen
        and item.get_closest_marker("thorough") is None
    )
