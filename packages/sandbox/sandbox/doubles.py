"""Doubles of vendors' APIs that a bot may need beside Discord: what one must be to be served here.

`server.py` mounts them. Pass your own to `Sandbox(doubles=[...])`; `scenario/double.py` comes with the package.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from sandbox.clock import Clock
from sandbox.control.base import ControlRoutes
from sandbox.control.inspect import Wait
from sandbox.discord.state import State
from sandbox.faults import Faults
from sandbox.records import Records


@dataclass(frozen=True)
class Around:
    """What a double shares with the rest of the sandbox. `speed` is how much faster than real it works."""

    state: State
    clock: Clock
    records: Records
    faults: Faults
    speed: float


class Double(Protocol):
    """The double of one vendor. `prefix` is the path that it is served under, such as `/scenario/v1`."""

    prefix: str

    def app(self) -> web.Application:
        """What is mounted under `prefix`."""
        ...

    def control(self) -> ControlRoutes:
        """Its own routes of the control API."""
        ...

    def waits(self) -> Mapping[str, Wait]:
        """What `GET /_sandbox/wait` can wait for besides, by the name in the query."""
        ...

    def reset(self) -> None:
        """Begin anew, with everything else."""
        ...

    def close(self) -> None:
        """End what is still being answered: the server stops."""
        ...


MakeDouble = Callable[[Around], Double]
