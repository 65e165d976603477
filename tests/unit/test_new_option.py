"""A new option of a clip needs changes only in its command, the domain, the words, and each provider that takes it.

What a member typed is one value (`RawClip`), which all code between the command and the provider passes on whole.
"""

import ast
from dataclasses import fields

from bot.domain.clip import RawClip
from tests.sample import ROOT, assert_passes, with_sample

OPTIONS = {field.name for field in fields(RawClip)} - {"kind"}
FEW = 2
"""A statement may name this many options. One that names more is a list of the options, which a new one must be added to."""

# A sample: `lens`. By file, for each that has to know it: (a pattern of what is there, what replaces it).
CHANGES = {
    "cogs/video.py": [
        (r"^(        )(private: bool = False,)", r"\1lens: str | None = None,\n\1\2"),
        (r"(RawClip\(Kind\.\w+, prompt, duration, resolution, aspect, seed, takes)\)", r"\1, lens)"),
        (r'^(    )("private": )', r'\1"lens": N_("How near it looks"),\n\1\2'),
    ],
    "bot/domain/clip.py": [
        (r"^(    takes: int \| str \| None = None\n)", r"\1    lens: str | None = None\n"),
        (
            r"^(    references: tuple\[ReferenceImage, \.\.\.\] = \(\)\n)",
            r"    lens: Literal['wide', 'long'] | None = None\n\1",
        ),
        (r"^(from typing import )", r"\1Literal, "),
    ],
    "bot/presentation/views/wording.py": [(r'^(    )("seed": N_\("Seed"\),)', r'\1"lens": N_("Lens"),\n\1\2')],
    "bot/providers/scenario/mapping.py": [(r'^(    )("seed": "seed",)', r'\1"lens": "lensType",\n\1\2')],
}
PART_OF_THEM = {
    "bot/cli/job_report.py": "tells the operator what was asked for",
    "bot/cli/main.py": "arguments of the demo's own",
    "bot/domain/takes.py": "makes several clips of what makes them several: the prompt's alternatives, and takes",
    "bot/media/animatic/animatic.py": "draws the preview's picture and shows how the clip would be made",
    "bot/media/animatic/camera.py": "moves the preview's camera",
    "bot/presentation/interactions/filled_forms.py": "a form has five fields at most; what it does not ask for stays as it was",
    "bot/providers/preview/store.py": "what the version before wrote",
    "bot/providers/scenario/checkup.py": "the price and the limits of what the vendor has today",
    "bot/storage/rows.py": "columns by which clips like it are found",
}
"""Files that may name some of the options although a new one need not be added there, and why."""


def test_an_option_is_added_in_its_command_the_domain_the_words_and_the_provider_alone(tmp_path):
    left_out = ("simulation", "e2e", "contract", "sandbox*", "bench")
    with_sample(tmp_path, ("bot", "cogs", "tests"), left_out, CHANGES)
    assert_passes(tmp_path, "tests/unit/cogs/new_option.py")


def test_nothing_else_lists_the_options_of_a_clip():
    found = {
        str(path.relative_to(ROOT)): lists_in(path) for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py")
    }
    assert {name: lists for name, lists in found.items() if lists and name not in {*CHANGES, *PART_OF_THEM}} == {}
    assert [name for name in CHANGES if not found[name]] == []


def lists_in(path):
    """Statements of this file that name more than a few of the options, as (line, options)."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.stmt):
            named = OPTIONS & set(_names(node))
            if len(named) > FEW:
                found.append((node.lineno, sorted(named)))
    return found


def _names(statement):
    """The names in a statement, without those in statements inside of it: a function's parameters, a class's fields."""
    match statement:
        case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
            yield from (each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
            return
        case ast.ClassDef(body=body):
            yield from (each.target.id for each in body if isinstance(each, ast.AnnAssign))
            return
    parts = [
        each for each in ast.iter_child_nodes(statement) if not isinstance(each, (ast.stmt, ast.ExceptHandler, ast.match_case))
    ]
    for node in (inner for part in parts for inner in ast.walk(part)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=name) | ast.Constant(value=str(name)):
                yield name
