"""Mutants about limits of Discord's places: sizes of files, names of threads, archived and locked threads."""

from __future__ import annotations

from typing import Final

from tests.simulation.mutating import mutant

_FINISHING: Final = "bot/pipeline/finishing.py"

PLACES: Final = (
    mutant(
        "an-answer-in-an-archived-thread-stays-as-it-is",
        "every end is shown",
        "bot/presentation/delivery/answers.py",
        "(lambda: self._requests.in_open_thread(address.channel_id, once)) if urgent else once",
        "once",
    ),
    mutant(
        "a-refused-edit-of-the-progress-message-counts-as-shown",
        "what is not shown is tried again",
        "bot/presentation/delivery/end_messages.py",
        '            if not await _try(job, "end the progress", editing):\n                refused.add(Purpose.PROGRESS)',
        '            await _try(job, "end the progress", editing)',
    ),
    mutant(
        "what-a-place-does-not-take-is-uploaded",
        "nothing is uploaded in vain",
        "bot/presentation/delivery/clip_poster.py",
        "limit is not None and delivery.facts.size > limit:",
        "limit is not None and delivery.facts.size < 0:",
    ),
    mutant(
        "what-was-too-large-is-sent-again",
        "what was too large is not sent again",
        _FINISHING,
        "self._clock.now_ms(), upload_limit_tried=limit))",
        "self._clock.now_ms()))",
        "        self._too_large[job.id] = limit\n",
        "",
    ),
    mutant(
        "a-clip-is-posted-as-it-came",
        "what is posted plays everywhere",
        _FINISHING,
        "return Delivery(fitted.path, name,",
        "return Delivery(self._files.source(job.id), name,",
    ),
    mutant(
        "a-blocked-title-costs-the-thread",
        "a blocked title costs no thread",
        "bot/presentation/discord_codes.py",
        "frozenset({20031, 200000, 200001, 240000})",
        "frozenset({20031, 200000, 240000})",
    ),
)
