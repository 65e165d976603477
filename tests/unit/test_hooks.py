"""The pre-commit hooks and the workflow call the same commands as a contributor, and name no tools or versions themselves."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / ".pre-commit-config.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def targets():
    """The targets of the Makefile."""
    return set(re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split())


def test_the_hooks_lint_each_commit_and_run_the_quick_tests_before_a_push():
    [repository] = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    called = {stage: hook["entry"].split() for hook in repository["hooks"] for stage in hook["stages"]}
    assert called == {"pre-commit": ["make", "lint"], "pre-push": ["make", "test-fast"]}
    assert {command[1] for command in called.values()} <= targets()


def test_the_workflow_runs_what_every_change_must_pass_on_the_images_base():
    [job] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    base = re.search(r"^ARG BASE=(\S+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert job["container"]["image"] == base


def test_what_every_change_must_pass_is_the_lint_and_all_tests():
    called = re.findall(r"\bmake ([a-z-]+)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    assert called == ["lint", "test"]


def test_neither_names_a_registry():
    assert "://" not in HOOKS.read_text(encoding="utf-8") + WORKFLOW.read_text(encoding="utf-8")
