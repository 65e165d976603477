"""Splits the `name=value` words of a command line, for `actions.py`, `bends.py` and `faults.py`."""

from collections.abc import Iterator

from sandbox.client import CallFailed


def pairs(words: list[str], example: str, *, lists: bool = False) -> Iterator[tuple[str, str]]:
    """Each word's name and value, in order; a name may come twice only where the caller makes `lists` of them.

    Raises CallFailed, whose sentence shows `example`.
    """
    seen: set[str] = set()
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise CallFailed(f"{word!r} is no name and value; write name=value, such as {example}")
        if name in seen and not lists:
            raise CallFailed(f"{name!r} is given twice; once is enough")
        seen.add(name)
        yield name, value
