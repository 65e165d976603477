"""The one name for data that came as JSON, or will go as JSON, and is not looked into at that place."""

from typing import Any, TypeAlias

Json: TypeAlias = Any
