"""Draws docs/architecture.svg and writes the table of packages in docs/architecture.md, both from the imports."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.support import import_rules, source
from tests.support.source import Module, Source
from tools import diagram

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"

#: Files of `app` that are parts; its other files together are one part.
_ALONE = ("current", "health", "mail")
_FILES = "base files"
_EDGE = ("app", "cli", "mail", "current", "health", "web")
_SENTENCES = {
    "app": "The start: joins all parts to one application.",
    _FILES: "Single files right below `app`.",
}
_BETWEEN = re.compile(r"(?<=<!-- packages -->\n).*?(?=<!-- end of packages -->)", re.DOTALL)


class Part:
    """One box of the picture: the files of one package."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.modules: list[Module] = []
        self.imports: set[str] = set()

    @property
    def lines(self) -> int:
        return sum(len(module.text.splitlines()) for module in self.modules)

    @property
    def group(self) -> str:
        top = self.name.partition("/")[0]
        return "edge" if top in _EDGE else "domain" if top == "domain" else "base"

    def sentence(self, packages: Mapping[str, str]) -> str:
        """Return the first sentence of the docstring of the package, or of the one file."""
        words = _SENTENCES.get(self.name) or packages.get(self.name) or self.modules[0].docstring or ""
        return " ".join(words.split("\n\n")[0].split())


def parts(project: Source) -> dict[str, Part]:
    """Return every part of the app by its name, with the parts it imports."""
    homes = {module.name: _home(project, module) for module in project.modules}
    found: dict[str, Part] = {}
    for module in project.modules:
        part = found.setdefault(homes[module.name], Part(homes[module.name]))
        part.modules.append(module)
        part.imports |= {homes[known.module] for known in project.imports(module) if known.module in homes}
    for part in found.values():
        part.imports.discard(part.name)
    return dict(sorted(found.items()))


def _home(project: Source, module: Module) -> str:
    """Return the part that a file belongs to: its package, or for a file right below `app` a part of such files."""
    package = module.name if module.package else module.name.rpartition(".")[0]
    if _wires(project, module, package):
        return "app"
    if package == "app":
        name = module.name.removeprefix("app.")
        return name if name in _ALONE else _FILES
    return package.removeprefix("app.").replace(".", "/")


def _wires(project: Source, module: Module, package: str) -> bool:
    """Return whether a file only registers the packages below it."""
    if module.name == "app" or module.name in import_rules.WIRING_OF_WEB:
        return True
    inner = {other.name for other in project.modules if other.package and other.name.startswith(f"{package}.")}
    known = {f"{found.module}." for found in project.imports(module)}
    return module.package and any(name.startswith(f"{below}.") for name in known for below in inner)


def table(project: Source) -> str:
    """Return the figures and the table of the packages, from the edge down to the base."""
    packages = {
        module.name.removeprefix("app.").replace(".", "/"): module.docstring or ""
        for module in project.modules
        if module.package
    }
    found = parts(project)
    total = sum(part.lines for part in found.values())
    lines = [
        f"{len(found)} parts with about {_about(total)} lines of Python:",
        "",
        "| part | what it is | lines, about | imports |",
        "| --- | --- | ---: | --- |",
    ]
    for row in diagram.rows({name: part.imports for name, part in found.items()}):
        for name in row:
            part = found[name]
            imports = ", ".join(sorted(part.imports)) or "–"
            lines.append(
                f"| {name} | {part.sentence(packages)}{_files(part, found)} | {_about(part.lines)} | {imports} |"
            )
    return "\n".join(lines) + "\n"


def _about(lines: int) -> str:
    """Round to hundreds, so that the page does not change with every line of code."""
    return f"{max(100, round(lines, -2)):,}"


def _files(part: Part, found: Mapping[str, Part]) -> str:
    """Name the files of a part that is no package, or that has packages below it."""
    if part.name not in ("app", _FILES) and not any(name.startswith(f"{part.name}/") for name in found):
        return ""
    names = (module.name.rpartition(".")[2] for module in part.modules if not module.package)
    paths = (module.name.replace(".", "/") for module in part.modules)
    return f" Files: {', '.join(f'`{name}`' for name in (paths if part.name == 'app' else names))}."


def picture(project: Source) -> str:
    found = parts(project)
    return diagram.svg(
        {name: part.imports for name, part in found.items()},
        {name: part.group for name, part in found.items()},
        "The parts of Quiet Word and what each imports; arrows that others imply are left out",
    )


def page(project: Source, text: str) -> str:
    """Return the page with a new table."""
    return _BETWEEN.sub(lambda _: table(project), text)


def read() -> Source:
    return source.read(ROOT, ("app",))


if __name__ == "__main__":
    PICTURE.write_text(picture(read()), encoding="utf-8")
    PAGE.write_text(page(read(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
