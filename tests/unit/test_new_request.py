"""A new type of request needs changes only in the domain, where it is told from others, and in each provider that takes it.

Storage, the port and the pipeline up to the provider pass any type on.
"""

from tests.sample import assert_passes, with_sample

# A sample: `still`, a picture from words, of a model that takes no seed. `CHANGES` has, by file, for each that has to know it:
# (a pattern of what is there, what replaces it).
STILL = '''"""A request for a picture."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.clip import ReferenceImage, Resolution


class StillRequest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["still"] = "still"
    version: Literal[1] = 1
    kind: Literal["still"] = "still"
    prompt: str
    duration: Literal[0] = 0
    resolution: Resolution = Resolution.P1080
    seed: int | None = None
    references: tuple[ReferenceImage, ...] = ()
    frame: tuple[int, int] = (1080, 1080)
'''
CHANGES = {
    "bot/domain/request.py": [
        (r"^(from bot\.domain\.clip import .*\n)", r"\1from bot.domain.still import StillRequest\n"),
        (r"^(Request: TypeAlias = ClipRequest)$", r"\1 | StillRequest"),
        (
            r"\{CLIP: ClipRequest\.model_validate\}",
            r"{CLIP: ClipRequest.model_validate, ('still', 1): StillRequest.model_validate}",
        ),
    ],
    "bot/providers/scenario/mapping.py": [
        (r"^(RECOGNITION: Final = \{)", r"\1'model_still': Recognition(seed=False), "),
        (r'^(TYPES: Final = frozenset\(\{"clip")', r'\1, "still"'),
        (r"^(    return )(REFERENCES if kind is Kind.CHARACTERS)", r"\1'model_still' if kind == 'still' else \2"),
    ],
}


def test_a_type_of_request_is_added_in_the_domain_and_in_the_provider_that_takes_it_alone(tmp_path):
    left_out = ("simulation", "e2e", "contract", "sandbox*", "bench", "locales")
    with_sample(tmp_path, ("bot", "tests"), left_out, CHANGES)
    (tmp_path / "bot/domain/still.py").write_text(STILL, encoding="utf-8")
    assert_passes(tmp_path, "tests/unit/pipeline/new_request.py")
