"""The rules of the code: which part may import which, and how large files and functions may be."""

import ast
from collections.abc import Iterator

from tests.support.source import Import, Module, Source

LONGEST_FILE = 350
LONGEST_FUNCTION = 50

_FLOOR = {"models", "crypto", "practice", "settings"}

#: What each part may import of the rest of `app`: down only. A part that is missing here may not exist.
MAY_KNOW: dict[str, set[str]] = {
    "root": {"web", "cli", "mail", "health", "current", "db", "schema", "logs", "domain", *_FLOOR},
    "web": {"health", "current", "domain", *_FLOOR},
    "cli": {"mail", "current", "db", "schema", "domain", *_FLOOR},
    "mail": {"current", "domain", *_FLOOR},
    "health": {"current", "domain", *_FLOOR},
    "current": {"db", "schema", "domain", *_FLOOR},
    "schema": {"db"},
    "domain": {"models", "crypto", "practice"},
    "logs": set(),
    "db": set(),
    "models": set(),
    "crypto": set(),
    "practice": set(),
    "settings": set(),
    "translations": set(),
}

_HTTP = ("flask", "werkzeug", "wtforms", "jinja2")

#: Libraries, and parts outside `app`, that a part never imports. `flask` includes everything named flask_….
NEVER: dict[str, tuple[str, ...]] = {
    "root": (),
    "web": ("sqlalchemy", "cryptography", "alembic", "psycopg"),
    "cli": (),
    "mail": ("sqlalchemy", "cryptography"),
    "health": ("cryptography", "wtforms"),
    "current": ("cryptography", "wtforms"),
    "schema": (*_HTTP, "cryptography"),
    "domain": (*_HTTP, "cryptography", "alembic", "psycopg"),
    "logs": (*_HTTP, "sqlalchemy", "cryptography"),
    "db": (*_HTTP, "cryptography"),
    "models": (*_HTTP, "cryptography"),
    "crypto": (*_HTTP, "sqlalchemy", "alembic", "psycopg"),
    "practice": (*_HTTP, "sqlalchemy", "cryptography"),
    "settings": (*_HTTP, "sqlalchemy", "cryptography"),
    "translations": (),
}

#: Files that all pages share; everything else in web is a blueprint, or a folder with one.
SHARED_BY_PAGES = {
    "questions",
    "drafts",
    "errors",
    "forms",
    "typed_answers",
    "guard",
    "headers",
    "layout",
    "limits",
}

#: The modules that register the blueprints.
WIRING_OF_WEB = {"app.web", "app.web.routes"}

#: Packages of a part, the lowest floor first. A package may import those on floors below and the files beside
#: the packages; those files import no package.
FLOORS: dict[str, tuple[set[str], ...]] = {
    "app.domain": (
        {"vault", "letters"},
        {"rota", "accounts"},
        {"intake"},
        {"team", "casework", "lists", "health"},
        {"calls"},
    ),
    "app.web.desk": ({"calls", "lists", "rota", "account", "records"}, {"request", "team"}),
}

#: Parts outside `app`, and which parts of it they may import; tests may import everything.
OUTSIDE: dict[str, set[str]] = {
    "wsgi": {"root", "settings"},
    "config": {"crypto", "practice", "settings"},
    "migrations": set(),
    "script": set(),
}

#: Sources of randomness, or of ids, that an attacker could guess.
GUESSABLE = {
    ("random", None),
    ("os", "urandom"),
    ("os", "getrandom"),
    ("uuid", "uuid1"),
    ("uuid", "uuid6"),
    ("uuid", "uuid7"),
}

#: Names that only one module may use, because there must be one way to do it. Models define and list themselves.
ONE_PLACE = {
    "check_origin": "app.domain.intake.sealed",
    "tag_origin": "app.domain.intake.sealed",
    "Exclusion": "app.domain.exclusions",
}


def part(name: str) -> str:
    """Return the part that a module belongs to."""
    top, _, rest = name.partition(".")
    if top != "app":
        return top
    return rest.partition(".")[0] or "root"


def breaches_of_the_table(source: Source) -> Iterator[str]:
    """Yield each import that goes up, sideways, or to a library that the part may not import."""
    for module in source.below("app", *OUTSIDE):
        here = part(module.name)
        for known in source.imports(module):
            if why := _breach(source, module, here, known):
                yield f"{module.name}, line {known.line}: {why}"


def breaches_between_packages(source: Source) -> Iterator[str]:
    """Yield each import between packages of one folder that does not go to a floor below."""
    for folder, floors in FLOORS.items():
        height = {package: floor for floor, packages in enumerate(floors) for package in packages}
        for module in source.below("app"):
            here = _package(source, folder, module.name)
            if here is None:
                continue
            if here and here not in height:
                yield f"{module.name}: {here} has no floor"
                continue
            for known in source.imports(module):
                there = _package(source, folder, known.module)
                if there and there != here and (not here or height[here] <= height.get(there, len(floors))):
                    yield f"{module.name}, line {known.line}: {here or 'a file beside them'} must not import {there}"


def _package(source: Source, folder: str, name: str) -> str | None:
    """Return the package below the folder; "" for a file beside packages, None outside the folder and for wiring."""
    if not name.startswith(f"{folder}."):
        return None
    top = name.removeprefix(f"{folder}.").split(".")[0]
    return top if any(other.startswith(f"{folder}.{top}.") for other in source.by_name) else ""


def _breach(source: Source, module: Module, here: str, known: Import) -> str | None:
    top = known.module.partition(".")[0]
    if top == "config" and here != "wsgi":
        return "only wsgi imports config"
    if top == "wsgi":
        return "nobody imports wsgi"
    if top in ("tests", "tools", "migrations", "script") and top != here:
        return f"{here} imports {top}"
    if top != "app":
        return _library_breach(here, top)
    there = part(known.module)
    if there == here:
        return _sideways(source, module, known) if here == "web" else None
    may = OUTSIDE[here] if here in OUTSIDE else MAY_KNOW.get(here)
    if may is None:
        return f"{here} has no place in the table"
    if there not in may:
        return f"{here} must not import {there}"
    if (here, there) == ("web", "models") and not _is_enum(source, known):
        return f"web imports of models only enums, not {known.name or known.module}"
    return None


def _library_breach(here: str, library: str) -> str | None:
    never = NEVER.get(here, ())
    flask_extension = library.startswith("flask_") and "flask" in never
    return f"{here} must not import {library}" if library in never or flask_extension else None


def _sideways(source: Source, module: Module, known: Import) -> str | None:
    """Return the breach when a blueprint imports another one, or a shared file imports a blueprint."""
    if module.name in WIRING_OF_WEB or known.module == "app.web":
        return None
    ours, theirs = _side(module.name), _side(known.module)
    if theirs and ours != theirs:
        return f"{module.name} must not import the blueprint {known.module}"
    other = source.by_name.get(known.module)
    between = module.package or known.module == module.name or module.name.startswith(f"{known.module}.")
    if theirs and other and not between and module.serves() and other.serves():
        return f"{module.name} must not import its neighbour {known.module}"
    return None


def _side(name: str) -> str | None:
    """Return the file or folder of web that a module belongs to; None for files that all pages share."""
    top = name.split(".")[2]
    return None if top in SHARED_BY_PAGES else top


def _is_enum(source: Source, known: Import) -> bool:
    if known.name is None:
        return False
    bases = {
        base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
        for module in source.below("app")
        if part(module.name) == "models"
        for found in module.classes()
        if found.name == known.name
        for base in found.bases
    }
    return any(base.endswith("Enum") for base in bases)


def out_of_place(source: Source) -> Iterator[str]:
    """Yield each use, elsewhere, of a name that only one module may use."""
    for module in source.below("app"):
        for node in ast.walk(module.tree):
            for name in _named(node):
                if name in ONE_PLACE and module.name != ONE_PLACE[name] and part(module.name) != "models":
                    yield f"{module.name}, line {getattr(node, 'lineno', 0)}: {name} is for {ONE_PLACE[name]}"


def _named(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names]
    return []


def too_large(source: Source) -> Iterator[str]:
    for module in source.modules:
        lines = len(module.text.splitlines())
        if lines > LONGEST_FILE:
            yield f"{module.name} has {lines} lines of at most {LONGEST_FILE}"
        for function in module.functions():
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{module.name}.{function.name} has {length} lines of at most {LONGEST_FUNCTION}"


def imports_inside_functions(source: Source) -> Iterator[str]:
    for module in source.modules:
        for function in module.functions():
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"{module.name}.{function.name}, line {node.lineno}"


def without_docstring(source: Source) -> Iterator[str]:
    for module in source.modules:
        if not module.docstring:
            yield module.name


def guessable(source: Source) -> Iterator[str]:
    """Yield each use of randomness that is not from `secrets`, by import or by attribute."""
    names = {f"{module}.{name}" for module, name in GUESSABLE if name}
    for module in source.modules:
        for known in source.imports(module):
            if (known.module, None) in GUESSABLE or (known.module, known.name) in GUESSABLE:
                yield f"{module.name}, line {known.line}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in names:
                yield f"{module.name}, line {node.lineno}"
