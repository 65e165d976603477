"""The two video models: their inputs, what they refuse, what they cost and how large their clips are.

An input that the vendor would drop without an error is dropped here too: a client that relies on it must notice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.scenario.errors import AUTHOR, OWNER, Malformed, Refusal, iso

TEXT_AND_IMAGE = "model_alibaba-happy-horse-1.1"
REFERENCES = "model_alibaba-happy-horse-reference-to-video-1.1"
MODELS = (TEXT_AND_IMAGE, REFERENCES)

ASPECTS = ("16:9", "4:3", "1:1", "9:16", "3:4", "4:5", "5:4", "9:21", "21:9")
_UNITS_PER_SECOND = {"720P": 14, "1080P": 18}  # the list price in US cents: a creative unit is about one
_SHORT_SIDE = {"720P": 720, "1080P": 1080}
_SEED_MAX = 2**31 - 1
_RELEASED_MS = 1_780_000_000_000  # a fixed moment in 2026: the models' createdAt

Input = dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """What the model asks about an image asset; `size` is its bytes."""

    width: int
    height: int
    media_type: str
    size: int


Find = Callable[[str], Picture | None]
_IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
_IMAGE_BYTES = 10_000_000
_LEAST_SIDE = {"image": 300, "referenceImages": 400}
_WIDEST = {"image": 2.5}  # long side over short side of a first frame
_PROMPT: Input = {
    "name": "prompt",
    "type": "string",
    "label": "Prompt",
    "prompt": True,
    "required": {"always": True},
    "minLength": 1,
    "maxLength": 2500,
}
_CONTROLS: tuple[Input, ...] = (
    {"name": "duration", "type": "number", "min": 3, "max": 15, "step": 1, "default": 5, "costImpact": True},
    {
        "name": "resolution",
        "type": "string",
        "allowedValues": list(_SHORT_SIDE),
        "default": "1080P",
        "costImpact": True,
    },
    {"name": "aspectRatio", "type": "string", "allowedValues": list(ASPECTS), "default": "16:9"},
    {"name": "seed", "type": "number", "min": 0, "max": _SEED_MAX, "step": 1},
)
INPUTS: dict[str, tuple[Input, ...]] = {
    TEXT_AND_IMAGE: (_PROMPT, {"name": "image", "type": "file", "kind": "image", "maxSize": 10_000_000}, *_CONTROLS),
    REFERENCES: (
        _PROMPT,
        {
            "name": "referenceImages",
            "type": "file_array",
            "kind": "image",
            "required": {"always": True},
            "minLength": 1,
            "maxLength": 9,
            "maxSize": 10_000_000,
        },
        *_CONTROLS,
    ),
}


def shown(model: str) -> dict[str, Any]:
    """Answer `GET /models/{id}`. Refuses with 404 a model that is not ours."""
    if model not in INPUTS:
        raise Refusal(404, f"Model {model} not found")
    made = iso(_RELEASED_MS)
    return {
        "id": model,
        "name": "Happy Horse 1.1" + (" R2V" if model == REFERENCES else ""),
        "type": "custom",
        "capabilities": ["img2video"] if model == REFERENCES else ["txt2video", "img2video"],
        "collectionIds": [],
        "createdAt": made,
        "updatedAt": made,
        "custom": True,
        "exampleAssetIds": [],
        "privacy": "public",
        "source": "other",
        "status": "trained",
        "tags": [],
        "trainingImagesNumber": 0,
        "authorId": AUTHOR,
        "ownerId": OWNER,
        "inputs": list(INPUTS[model]),
    }


def checked(model: str, body: object, find: Find) -> dict[str, Any]:
    """Return the inputs that a run would really use. Refuses with 400 what breaks a limit, with 404 a strange model.

    Unknown inputs, and a bare value where an array is wanted, are dropped without an error, as the vendor does.
    """
    if model not in INPUTS:
        raise Refusal(404, f"Model {model} not found")
    if not isinstance(body, dict):
        raise Malformed("The body must be an object")
    used: dict[str, Any] = {}
    for spec in INPUTS[model]:
        name = spec["name"]
        value = body.get(name, spec.get("default"))
        if value is None:
            if spec.get("required"):
                raise Malformed(f"Input {name} is required")
            continue
        if spec["type"] == "file_array" and not isinstance(value, list):
            continue
        _CHECKS[spec["type"]](spec, value, find)
        used[name] = value
    return used


def _string(spec: Input, value: object, _: Find) -> None:
    name = spec["name"]
    if not isinstance(value, str):
        raise Malformed(f"Input {name} must be a string")
    if "allowedValues" in spec and value not in spec["allowedValues"]:
        raise Malformed(f"Input {name} must be one of {', '.join(spec['allowedValues'])}")
    if len(value) < spec.get("minLength", 0):
        raise Malformed(f"Input {name} must not be empty")
    if len(value) > spec.get("maxLength", len(value)):
        raise Malformed(f"Input {name} must be at most {spec['maxLength']} characters long, got {len(value)}")


def _number(spec: Input, value: object, _: Find) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise Malformed(f"Input {spec['name']} must be a whole number")
    if not spec["min"] <= value <= spec["max"]:
        raise Malformed(f"Input {spec['name']} must be between {spec['min']} and {spec['max']}")


def _file(spec: Input, value: object, find: Find) -> None:
    name = spec["name"]
    if not isinstance(value, str):
        raise Malformed(f"Input {name} must be the id of an image asset")
    picture = find(value)
    if picture is None:
        raise Refusal(400, f"Input {name} must be the id of an image asset; URLs are not accepted")
    if picture.media_type not in _IMAGE_TYPES:
        raise Malformed(f"Input {name} must be a JPEG, PNG or WEBP image, got {picture.media_type}")
    if picture.size > _IMAGE_BYTES:
        raise Malformed(f"Input {name} must be an image of at most {_IMAGE_BYTES} bytes, got {picture.size}")
    short, long = sorted((picture.width, picture.height))
    if short < _LEAST_SIDE[name]:
        raise Malformed(f"Input {name} must be at least {_LEAST_SIDE[name]} px on its short side, got {short}")
    if name in _WIDEST and long > _WIDEST[name] * short:
        raise Malformed(f"Input {name} must have a shape between 1:2.5 and 2.5:1, got {picture.width}x{picture.height}")


def _file_array(spec: Input, value: object, find: Find) -> None:
    assert isinstance(value, list)  # noqa: S101 - `checked` drops the rest
    if not spec["minLength"] <= len(value) <= spec["maxLength"]:
        raise Malformed(f"Input {spec['name']} must have {spec['minLength']} to {spec['maxLength']} items")
    for item in value:
        _file(spec, item, find)


_CHECKS: dict[str, Callable[[Input, object, Find], None]] = {
    "string": _string,
    "number": _number,
    "file": _file,
    "file_array": _file_array,
}


def units(used: dict[str, Any]) -> float:
    """Creative units for a run with these inputs."""
    return _UNITS_PER_SECOND[used["resolution"]] * used["duration"]


def frame(used: dict[str, Any], still: tuple[int, int] | None) -> tuple[int, int]:
    """Width and height of the clip in even pixels; a first frame's own shape wins over the setting."""
    short = _SHORT_SIDE[used["resolution"]]
    width, height = still or (int(part) for part in used["aspectRatio"].split(":"))
    ratio = width / height
    return (round(short * ratio / 2) * 2, short) if ratio >= 1 else (short, round(short / ratio / 2) * 2)
