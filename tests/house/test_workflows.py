"""What GitHub runs: the tests on each Python, lint and the image."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def workflow(name: str) -> dict[str, Any]:
    """The jobs of a workflow."""
    jobs: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())["jobs"]
    return jobs


def said(job: dict[str, Any]) -> str:
    """All that a job has a shell do."""
    return "\n".join(step["run"] for step in job["steps"] if "run" in step)


def test_each_python_that_is_promised_is_tried() -> None:
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    images = workflow("ci")["tests"]["strategy"]["matrix"]["image"]
    debian = {"debian:12": "3.11"}
    tried = [debian.get(image) or re.sub(r"python:([\d.]+)-slim", r"\1", image) for image in images]
    assert tried == promised == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={promised[0]}"


def test_lint_the_tests_and_the_image_are_run() -> None:
    jobs = workflow("ci")
    assert said(jobs["tests"]).endswith(".ci/run")
    assert said(jobs["lint"]).endswith("make lint")
    assert "docker build" in said(jobs["image"])
    assert "docker compose --file deploy/compose.yaml run --rm migrate" in said(jobs["image"])


def test_a_release_is_tried_on_both_databases() -> None:
    assert said(workflow("release")["both"]).endswith(".ci/run both")


def test_a_bare_machine_gets_what_a_developer_installs() -> None:
    [packages] = re.findall(r"for package in (.+?);", (ROOT / ".ci" / "run").read_text())
    [installed] = re.findall(r"`sudo apt-get install (.+?)`", (ROOT / ".github" / "CONTRIBUTING.md").read_text())
    assert "libatomic1" in packages.split()  # the Node.js that Playwright brings; chromium does not
    assert set(packages.split()) <= {*installed.split(), "fonts-dejavu-core"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_do_no_more_than_they_need_and_end(path: Path) -> None:
    made = yaml.safe_load(path.read_text())
    assert made["permissions"] == {"contents": "read"}
    for name, job in made["jobs"].items():
        assert "uses" in job or job["timeout-minutes"] <= 60, name
        for step in job.get("steps", ()):
            if "uses" in step:
                assert re.fullmatch(r"(actions|docker)/[\w-]+@(v\d+|[0-9a-f]{40})", step["uses"]), step
