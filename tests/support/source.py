"""Reads our own source as text and syntax trees, without importing or running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One imported name, resolved to the module it comes from."""

    module: str
    #: None when the module itself is imported.
    name: str | None
    line: int


class Module:
    """One file of ours, named as Python would import it."""

    def __init__(self, name: str, text: str, *, package: bool = False) -> None:
        self.name = name
        self.text = text
        self.package = package

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def docstring(self) -> str | None:
        return ast.get_docstring(self.tree)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def classes(self) -> Iterator[ast.ClassDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                yield node

    def serves(self) -> bool:
        """Return whether the module has a page: it makes a blueprint, and a function is one of its views."""
        calls = [node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        views = {
            decorator.func.attr
            for function in self.functions()
            for decorator in function.decorator_list
            if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
        }
        makes_one = any(isinstance(call, ast.Name) and call.id == "Blueprint" for call in calls)
        return makes_one and bool(views & {"get", "post", "route"})

    def absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parents = parts[: len(parts) - node.level + self.package]
        return ".".join([*parents, *([node.module] if node.module else [])])


class Source:
    """A set of modules that know each other's names."""

    def __init__(self, modules: list[Module]) -> None:
        self.modules = modules
        self.by_name = {module.name: module for module in modules}

    def below(self, *tops: str) -> Iterator[Module]:
        for module in self.modules:
            if module.name.split(".")[0] in tops:
                yield module

    def imports(self, module: Module) -> Iterator[Import]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, None, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                origin = module.absolute(node)
                for alias in node.names:
                    # `from app import mail` names a module of ours, not something in the package's own file.
                    whole = f"{origin}.{alias.name}"
                    ours = whole in self.by_name or any(name.startswith(f"{whole}.") for name in self.by_name)
                    yield (Import(whole, None, node.lineno) if ours else Import(origin, alias.name, node.lineno))


def read(root: Path, tops: tuple[str, ...]) -> Source:
    """Return every Python file below these folders, and these files, of the project."""
    files = [file for top in tops for file in sorted((root / top).rglob("*.py"))]
    files += [root / f"{top}.py" for top in tops if (root / f"{top}.py").exists()]
    return Source([_module(root, file) for file in files])


def _module(root: Path, file: Path) -> Module:
    parts = list(file.relative_to(root).with_suffix("").parts)
    package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if package else parts)
    return Module(name, file.read_text(encoding="utf-8"), package=package)
