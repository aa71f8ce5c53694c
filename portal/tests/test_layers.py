"""Imports go down only: villages <- households <- training <- reports <- portal."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("villages", "households", "training", "reports", "portal")
# The command of each floor may be run by a test of any floor; the cast stands in portal.
pytestmark = pytest.mark.once


def modules(floor):
    """The floor's modules, without its tests."""
    for path in sorted((ROOT / floor).rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        if "tests" not in parts and "testing" not in parts:
            yield path


def imported(path):
    """The floors a module imports from anywhere in it, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.level == 0 else []
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            names = [str(node.args[0].value)]
        else:
            continue
        for name in names:
            floor = name.split(".")[0]
            if floor in FLOORS:
                yield node.lineno, floor


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_go_down_only(floor):
    height = FLOORS.index(floor)
    upward = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(floor)
        for line, name in imported(path)
        if FLOORS.index(name) > height
    ]
    assert not upward


def test_the_walk_sees_something():
    seen = {floor for path in modules("reports") for _line, floor in imported(path)}
    assert {"villages", "households", "training", "reports"} <= seen


def test_the_settings_import_nothing_of_ours():
    assert list(imported(ROOT / "portal" / "settings.py")) == []


def test_migrations_depend_on_lower_floors_only():
    """A table may point down, never up; accounts are reached through the settings."""
    upward = []
    for height, floor in enumerate(FLOORS):
        for path in (ROOT / floor / "migrations").glob("0*.py"):
            tree = ast.parse(path.read_text())
            upward += [
                f"{path.name}: {node.elts[0].value}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Tuple)
                and len(node.elts) == 2
                and all(isinstance(part, ast.Constant) for part in node.elts)
                and node.elts[0].value in FLOORS
                and FLOORS.index(node.elts[0].value) > height
            ]
    assert not upward


def test_nobody_names_the_user_model_of_portal():
    named = [
        str(path.relative_to(ROOT))
        for floor in FLOORS[:-1]
        for path in modules(floor)
        if "portal.User" in path.read_text() or "portal.models" in path.read_text()
    ]
    assert not named
