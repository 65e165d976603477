"""The sandbox as the tests of the bot use it: in this process to look into (`sandbox_here`), or as a process of its own."""

from sandbox.discord.application import TOKEN
from sandbox.testing.local import LocalSandbox as Here
from sandbox.testing.local import local_sandbox as sandbox_here
from sandbox.testing.process import sandbox_process

__all__ = ["TOKEN", "Here", "sandbox_here", "sandbox_process"]
