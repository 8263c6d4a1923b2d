"""The package as a user gets it: built, and installed into an environment that holds nothing but what it asks for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "eap_workflow"

pytestmark = pytest.mark.installs

# What costs time or is optional: `import eap_workflow` brings none of it in.
SLOW_OR_OPTIONAL = {
    "aiosqlite", "alembic", "click", "holidays", "hypothesis", "jinja2", "numpy", "psycopg", "pytest", "rich", "sqlalchemy",
    "transitions",
}  # fmt: skip

# The modules that need an extra, and may say so when they are imported without it.
NEEDS_AN_EXTRA = {
    "eap_workflow.asynchronous",
    "eap_workflow.cli",
    "eap_workflow.notify",
    "eap_workflow.store.sql",
    "eap_workflow.testing",
}

# The modules that are themselves imported only where what is slow is wanted, and why.
OPENS_SOMETHING_SLOW = {"eap_workflow.binding": "its class extends the one of transitions"}


def run(*command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs a command away from the checkout's own packages."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A source distribution from the checkout, and a wheel from that source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


@pytest.fixture(scope="module")
def bare(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of an environment with the wheel and its base dependencies."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", scripts / "python")
    run(*pip, "install", "--constraint", ROOT / "constraints.txt", built["wheel"])
    return scripts


def imported(scripts: Path, statement: str) -> set[str]:
    """The modules that a fresh process holds after a statement."""
    done = run(scripts / "python", "-I", "-c", f"{statement}\nimport json, sys\nprint(json.dumps(list(sys.modules)))")
    return set(json.loads(done.stdout))


def test_the_wheel_holds_the_package_and_nothing_else(built: dict[str, Path]) -> None:
    """The wheel holds every file of the package, the licence and the metadata, and nothing besides."""
    with zipfile.ZipFile(built["wheel"]) as wheel:
        names = {Path(name) for name in wheel.namelist()}
    package = {name for name in names if name.parts[0] == "eap_workflow"}
    source = {path.relative_to(SOURCE.parent) for path in SOURCE.rglob("*") if path.is_file()}
    assert package == {path for path in source if "__pycache__" not in path.parts}
    assert Path("eap_workflow/py.typed") in package
    rest = names - package
    assert all(name.parts[0].endswith(".dist-info") for name in rest)
    assert "LICENSE" in {name.name for name in rest}


def test_the_source_distribution_holds_what_it_takes_to_test_it(built: dict[str, Path]) -> None:
    """Whoever packages the library for others finds source, tests and licence in the source distribution."""
    with tarfile.open(built["sdist"]) as sdist:
        names = {"/".join(name.split("/")[1:]) for name in sdist.getnames()}
    assert {"LICENSE", "README.md", "conftest.py", "constraints.txt", "tests/conftest.py", "docs/index.md"} <= names
    assert not any(name.startswith((".venv", ".git/", "build/", "docs/generated/")) for name in names)


def test_a_bare_environment_holds_only_the_base_dependencies(bare: Path) -> None:
    """Nothing that an extra brings is installed without asking for the extra."""
    listed = run(sys.executable, "-m", "pip", "--python", bare / "python", "list", "--format", "json")
    names = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert names == {"attrs", "eap-workflow", "holidays", "python-dateutil", "six", "transitions", "tzdata"}


def test_importing_the_package_imports_nothing_slow_or_optional(bare: Path) -> None:
    """``import eap_workflow`` brings in none of the packages that are slow, optional or both."""
    roots = {name.partition(".")[0] for name in imported(bare, "import eap_workflow")}
    assert "eap_workflow" in roots
    assert roots & SLOW_OR_OPTIONAL == set()


def test_every_module_below_the_shells_imports_without_an_extra(bare: Path) -> None:
    """With the base dependencies alone every module that is no shell imports, and but for named ones nothing slow."""
    names = {
        ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in SOURCE.rglob("*.py")
        if path.name != "__main__.py"
    }
    core = {name for name in names if not any(f"{name}.".startswith(f"{shell}.") for shell in NEEDS_AN_EXTRA)}
    assert core <= imported(bare, f"import {', '.join(sorted(core))}")
    quick = sorted(core - OPENS_SOMETHING_SLOW.keys())
    roots = {name.partition(".")[0] for name in imported(bare, f"import {', '.join(quick)}")}
    assert roots & SLOW_OR_OPTIONAL == set()


def test_the_command_says_which_extra_it_lacks(bare: Path) -> None:
    """Without the extra ``cli`` the command fails in one readable line that says what to install."""
    done = run(bare / "eap-workflow", "--help", check=False)
    assert done.returncode != 0
    assert "eap-workflow[cli]" in done.stderr
    assert "Traceback" not in done.stderr
