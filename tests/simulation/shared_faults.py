"""Mutants with which one job's or one member's trouble affects others, or a temporary error ends a clip."""

from __future__ import annotations

from typing import Final

from tests.simulation.mutating import mutant

_NOBODY_ELSES: Final = "one member's trouble is nobody else's"
_LOST: Final = "a clip that was made is not lost"
_REFUSING: Final = "bot/pipeline/refusing.py"

SHARED: Final = (
    mutant(
        "a-member-who-is-refused-alone-shuts-the-line-at-every-try",
        _NOBODY_ELSES,
        _REFUSING,
        "        return accepted > min(first)",
        "        return accepted < min(first)",
    ),
    mutant(
        "retry-after-is-obeyed-whatever-it-asks",
        _NOBODY_ELSES,
        "bot/engines/gate.py",
        "obeyed(seconds)",
        "max(seconds, 0.0)",
    ),
    mutant(
        "a-stumble-of-ffmpeg-ends-a-clip-that-is-paid-for",
        _LOST,
        "bot/pipeline/fetch_tries.py",
        "    return isinstance(error, (ClipUnavailable, NotAClip))",
        "    return isinstance(error, (ClipUnavailable, MediaError))",
        "ModerationRefused, NotAClip, ProviderError",
        "MediaError, ModerationRefused, NotAClip, ProviderError",
    ),
    mutant(
        "a-clip-that-alone-does-not-come-is-given-up-soon",
        _LOST,
        "bot/pipeline/fetch_tries.py",
        '        return _next(FETCH, trouble, "fetch")',
        "        if self._came - trouble.came >= _OTHERS_CAME and self._lasted_ms(trouble) >= 2 * _TOLD_AFTER_MS:\n"
        "            return None\n"
        '        return _next(FETCH, trouble, "fetch")',
    ),
    mutant(
        "a-refused-key-ends-what-waits",
        "a refused key, plan or balance ends nothing within minutes",
        "bot/pipeline/holds.py",
        "max(standstill.since_ms, job.created_at_ms) < DAY_MS",
        "max(standstill.since_ms, job.created_at_ms) < 0",
    ),
    mutant(
        "a-closed-model-closes-the-line",
        _NOBODY_ELSES,
        "bot/pipeline/holds.py",
        "None if error.kinds is None else frozenset(map(Kind, error.kinds))",
        "None",
    ),
    mutant(
        "a-clip-that-was-posted-nowhere-is-charged-in-the-end",
        "charged only for what was posted or billed",
        "bot/pipeline/unposted.py",
        "    return End(job, State.FAILED, failure",
        "    return End(job, State.FAILED, charged=job.cost, failure",
    ),
    mutant(
        "a-moderators-word-is-charged-to-the-member",
        "a moderator's word costs its member nothing",
        "bot/pipeline/stage_result.py",
        "    if not job.moderated_away:",
        "    if job.discard:",
    ),
)
