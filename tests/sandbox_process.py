"""The sandbox with the demo's members and channels: in the test's process, so that tests can look into it, or in its own."""

from pathlib import Path

from sandbox import world_file
from sandbox.discord.application import TOKEN
from sandbox.testing import local, process
from sandbox.testing.local import LocalSandbox as Here

__all__ = ["TOKEN", "WORLD", "Here", "sandbox_here", "sandbox_process"]
WORLD = Path(__file__).resolve().parents[1] / "demo" / "world.toml"


def sandbox_here(**options):
    return local.local_sandbox(world=world_file.read(WORLD), **options)


def sandbox_process(*arguments, **options):
    return process.sandbox_process("--world", str(WORLD), *arguments, **options)
