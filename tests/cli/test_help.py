"""Every command says what it does and what its options mean."""

from collections.abc import Iterator

import click
import pytest
from flask import Flask

from tests.cli.conftest import Run

BUILT_IN = {"run", "shell", "routes"}


def commands(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        yield (*before, name), command


def test_every_command_has_help_for_itself_and_for_each_option(app: Flask, run: Run) -> None:
    ours = [(words, command) for words, command in commands(app.cli) if words[0] not in BUILT_IN]

    for words, command in ours:
        done = run(*words, "--help")
        assert done.exit_code == 0
        assert command.help
        assert command.help.splitlines()[0].rstrip().endswith("."), words
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert all(option.help for option in options), words

    assert {" ".join(words) for words, _ in ours} >= {
        "setup", "migrate", "team invite", "team list", "team suspend", "keys new", "keys status",
        "audit verify", "worker", "demo",
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [["team"], ["keys"], ["audit"], ["keys", "new", "house"], ["team", "suspend"]])
def test_what_is_not_a_whole_command_does_nothing_and_says_so(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.exit_code == 2
    assert "Usage:" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["team", "list"],
        ["team", "invite", "--email", "ada@example.org", "--name", "Ada"],
        ["team", "suspend", "ada@example.org"],
        ["keys", "status"],
        ["audit", "verify"],
        ["worker", "--once"],
    ],
    ids=" ".join,
)
def test_before_the_first_migration_a_command_says_what_is_missing(empty_app: Flask, arguments: list[str]) -> None:
    done = empty_app.test_cli_runner().invoke(args=arguments)

    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "flask migrate" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
