"""What a release is made of: its notes, what its wheel says of itself, and how it proves where it comes from."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEWS = """# Changelog

## Unreleased

- What comes.

## 1.2.3, 14 December 2026

- What is new.

## 1.2.2, 1 December 2026

- What was new.
"""


def notes(folder: Path, tag: str, *, news: str = NEWS, home: str = "ours/bot") -> tuple[int, str]:
    """Ask for the notes of a tag of version 1.2.3, whose home is ours/bot: the exit code, and what is said."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "notes", folder / ".ci")
    (folder / "CHANGELOG.md").write_text(news)
    (folder / "pyproject.toml").write_text(
        '[project]\nversion = "1.2.3"\n[project.urls]\nSource = "https://github.com/ours/bot"\n'
    )
    environ = os.environ | {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": home}
    command = [sys.executable, str(folder / ".ci" / "notes"), tag]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_notes_of_a_release_are_its_part_of_the_changelog(tmp_path: Path) -> None:
    assert notes(tmp_path, "v1.2.3") == (0, "- What is new.\n")


@pytest.mark.parametrize(
    ("tag", "news", "home"),
    [
        ("v1.2.4", NEWS, "ours/bot"),
        ("1.2.3", NEWS, "ours/bot"),
        ("v1.2.3", NEWS.replace("1.2.3", "1.2.33"), "ours/bot"),
        ("v1.2.3", NEWS.replace("- What is new.", ""), "ours/bot"),
        ("v1.2.3", NEWS.split("## 1.2.3")[0], "ours/bot"),
        ("v1.2.3", NEWS, "theirs/bot"),
    ],
)
def test_what_is_no_release_is_refused_in_a_sentence(tmp_path: Path, tag: str, news: str, home: str) -> None:
    code, said = notes(tmp_path, tag, news=news, home=home)
    assert code == 1
    assert "Traceback" not in said
    assert said.endswith(".\n")


def test_the_changelog_has_a_place_for_what_comes() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0].startswith(f"{PROJECT['version']}, ")
    assert len(headings) == len(set(headings))


def test_the_wheel_says_where_it_comes_from_and_under_which_licences() -> None:
    home = PROJECT["urls"]["Source"]
    assert all(url.startswith(home) for url in PROJECT["urls"].values())
    assert {"Source", "Changelog", "Issues"} <= PROJECT["urls"].keys()
    assert PROJECT["license"] == "MIT AND Bitstream-Vera"
    assert set(PROJECT["license-files"]) == {"LICENSE", "bot/speech/ink/fonts/LICENSE"}
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])


def test_a_release_is_tested_first_and_proves_where_wheel_and_image_come_from() -> None:
    made = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
    jobs: dict[str, Any] = made["jobs"]
    assert made[True] == {"push": {"tags": ["v*"]}}  # YAML reads `on` so
    assert jobs["tests"]["uses"] == "./.github/workflows/ci.yml"
    assert (jobs["wheel"]["needs"], jobs["image"]["needs"]) == (["tests", "both"], "wheel")
    for job, of in (("wheel", "subject-path"), ("image", "subject-digest")):
        [attested] = [step for step in jobs[job]["steps"] if step.get("uses", "").startswith("actions/attest@")]
        assert of in attested["with"]
        assert jobs[job]["permissions"]["id-token"] == jobs[job]["permissions"]["attestations"] == "write"


@pytest.mark.parametrize("form", ["bug", "wish"])
def test_whoever_files_an_issue_is_asked_what_matters(form: str) -> None:
    made = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / f"{form}.yml").read_text())
    assert {"name", "description", "body"} <= made.keys()
    asked = [part for part in made["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in asked}) == len(asked)
    assert any(part.get("validations", {}).get("required") for part in asked)
