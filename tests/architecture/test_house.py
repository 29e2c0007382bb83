"""The house keeps its own rules: rooms, sizes, names. The import law itself is import-linter's."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("disputes", "ledger", "notifier", "portal-api", "scheduler")
ROOMS = {"config.py", "domain", "gateways", "handlers", "interfaces", "main.py"}
DRAINS = re.compile(
    r"^(utils?|helpers?|common|core|misc|managers?|services?|models?|views|data|info)(\.py)?$"
)
HOSTS = [
    "".join(parts)
    for parts in (
        ("python", "hosted"),
        ("registry", ".npmjs"),
        ("repo1", ".maven"),
        ("deb", ".debian"),
    )
]
"""Put together here, so that this file does not name them either."""

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40


def tracked() -> list[Path]:
    """Every file of the repository, as git sees it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def sources() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and "src" in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_service_has_the_same_rooms_and_no_other() -> None:
    for service in SERVICES:
        package = ROOT / "services" / service / "src" / service.replace("-", "_")
        found = {
            path.name
            for path in package.iterdir()
            if path.name not in {"__init__.py", "__pycache__"}
        }

        assert found <= ROOMS, f"{service}: {sorted(found - ROOMS)}"
        assert {"config.py", "main.py", "interfaces", "gateways"} <= found, service


def test_every_service_tells_a_newcomer_what_it_is() -> None:
    for service in SERVICES:
        for name in ("README.md", "Dockerfile", "pyproject.toml", "migrations"):
            assert (ROOT / "services" / service / name).exists(), f"{service}/{name}"


def test_the_migrations_of_a_service_are_one_line_in_the_order_of_their_names() -> None:
    for service in SERVICES:
        chain: list[str | None] = [None]

        for path in sorted((ROOT / "services" / service / "migrations").glob("*.py")):
            told = {
                node.targets[0].id: ast.literal_eval(node.value)
                for node in ast.parse(path.read_text()).body
                if isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id in {"revision", "down_revision"}
            }
            assert told["down_revision"] == chain[-1], f"{service}/{path.name}"
            chain.append(told["revision"])

        assert len(chain) == len(set(chain)) > 1, service


def test_no_file_is_longer_than_a_room_should_be() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > FILE_LINES_MAX
    }

    allowed = {  # one teller, one module: the whole of what it says
        "shared/src/shared/contracts/erp.py",
        "shared/src/shared/contracts/ledger.py",
        "shared/src/shared/contracts/portal_api.py",
    }
    assert set(long) <= allowed, long


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in sources()
        for function in functions(path)
        if own_lines(function) > FUNCTION_LINES_MAX
    ]

    assert not long, long


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its length without its docstring and without functions inside it, which are counted by themselves."""
    inner = [
        node for node in function.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    documented = len((ast.get_docstring(function) or "").splitlines())
    return length(function) - documented - sum(length(node) for node in inner)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_no_dependency_of_a_request_needs_a_thread() -> None:
    """FastAPI runs those that are not `async` in a pool of threads: a tenth of the CPU of a read."""
    plain = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in sources()
        if (wanted := set(re.findall(r"Depends\((\w+)[,)]", path.read_text())))
        for function in functions(path)
        if function.name in wanted and isinstance(function, ast.FunctionDef)
    ]

    assert not plain, plain


def test_no_drains() -> None:
    drains = [
        str(path.relative_to(ROOT))
        for path in sources()
        if any(DRAINS.match(part) for part in path.parts[path.parts.index("src") + 1 :])
    ]

    assert not drains


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert not silent


def test_tests_have_no_packages_so_that_none_is_dropped_in_silence() -> None:
    assert not [path for path in tracked() if path.name == "__init__.py" and "tests" in path.parts]


def test_no_two_tests_of_one_folder_share_a_name() -> None:
    tests = [path for path in tracked() if path.name.startswith("test_") and path.suffix == ".py"]

    assert len(tests) == len(set(tests))
    for path in tests:
        names = [
            node.name
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        assert len(names) == len(set(names)), f"{path}: a test hides another of the same name"


@pytest.mark.parametrize("word", HOSTS)
def test_nothing_names_the_host_of_a_registry(word: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path != Path(__file__)
        and path.suffix not in {".png", ".jar"}
        and word in path.read_text(errors="ignore")
    ]

    assert not found


def test_only_one_place_commits() -> None:
    committing = [
        str(path.relative_to(ROOT))
        for path in sources()
        if re.search(r"(session|connection|transaction)\.commit\(\)", path.read_text())
    ]

    assert committing == ["shared/src/shared/db/work.py"]
