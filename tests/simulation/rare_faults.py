"""Mutants that only a rare situation shows: of the line, the watcher, lost submits, two processes,
and answers whose note was not stored.
"""

from __future__ import annotations

from typing import Final

from tests.simulation.mutating import Edit, Mutant, mutant

_NOBODY_ELSES: Final = "one member's trouble is nobody else's"
_FOR_EVER: Final = "nobody waits for ever"
_PASSES: Final = "trouble that passes ends no job"
_REFUSING: Final = "bot/pipeline/refusing.py"
_SUBMITTING: Final = "bot/pipeline/submitting.py"
_LOST: Final = "bot/pipeline/lost_submits.py"
_ASKING: Final = "bot/services/request_clip.py"

SEARCHED: Final = (
    mutant(
        "an-odd-record-spoils-the-search-of-lost-submits",
        _FOR_EVER,
        "bot/providers/scenario/recognition.py",
        "    echoed = job.about.input or {}\n    same =",
        "    echoed = job.metadata.input\n    same =",
    ),
    Mutant(
        "a-clip-that-an-ended-job-holds-is-found-for-ever",
        _FOR_EVER,
        (
            Edit(
                "bot/storage/statements/jobs.sql",
                "WHERE provider = :provider AND provider_reference || '' IS NOT NULL\n    AND created_at_ms >=",
                "WHERE provider = :provider AND +provider_reference IS NULL\n    AND created_at_ms >=",
            ),
            Edit(_LOST, "{reference for reference in named - known if await self._is_held(reference)}", "set()"),
        ),
    ),
    mutant(
        "equal-lost-submits-can-not-be-told-apart",
        "equal submits get a clip each",
        "bot/providers/scenario/search.py",
        "clear = len(each.clips) <= len(each.lost) and",
        "clear = len(each.clips) <= 1 and",
    ),
    mutant(
        "another-try-is-booked-without-a-search",
        "a clip that exists is not made again",
        "bot/pipeline/provider_report.py",
        "await (self._search(provider, job) if searched else",
        "await (_nothing() if searched else",
        "def _status(provider: str, status: RunStatus)",
        "async def _nothing() -> Report:\n    return Report(ReportCode.NOT_LISTED, searched=True)\n\n\n"
        "def _status(provider: str, status: RunStatus)",
    ),
)
LINE: Final = (
    Mutant(
        "nobody-is-asked-for-while-the-listings-are-down",
        "a clip that hangs is given up",
        (
            Edit(
                "bot/pipeline/watcher.py",
                "        await self._poll_overdue(others_answered=trouble is None)\n",
                "        if trouble is None:\n            await self._poll_overdue(others_answered=True)\n",
            ),
            # `ScenarioProvider` also asks by id for clips that no listing shows. An answer to that is news, and with news
            # `statuses` does not raise although the listings are down.
            Edit(
                "bot/providers/scenario/watch.py",
                "        await self._poll_some(now, news, 1 if deaf else _SILENT_PER_ROUND)\n",
                "        if not deaf:\n            await self._poll_some(now, news, _SILENT_PER_ROUND)\n",
            ),
        ),
    ),
    mutant(
        "what-a-library-cancels-is-cancelled-by-somebody",
        _FOR_EVER,
        "bot/tasks.py",
        "        if task is None or task.cancelling():",
        "        if task is not None:",
    ),
    mutant(
        "an-unwanted-job-goes-back-into-line",
        "who is unwanted stands in no line",
        _SUBMITTING,
        "            return unwanted(job)\n        waited =",
        '            _log.info("job %s waits on", job.job_code)\n        waited =',
    ),
    mutant(
        "a-request-that-took-too-long-is-rejected",
        _PASSES,
        "bot/providers/scenario/errors.py",
        "status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}",
        "status in {HTTPStatus.TOO_EARLY}",
    ),
    mutant(
        "a-whole-file-that-is-no-video-is-fetched-for-hours",
        _FOR_EVER,
        "bot/pipeline/fetch_tries.py",
        "    return isinstance(error, (ClipUnavailable, NotAClip))",
        "    return isinstance(error, ClipUnavailable)",
    ),
    mutant(
        "an-upload-that-is-put-off-shuts-the-line",
        _NOBODY_ELSES,
        _REFUSING,
        "            case ProviderBusy() | ProviderUnavailable():\n",
        "            case ProviderBusy():\n"
        "                self._holds.busy(error)\n"
        "                return await self._wait_alone(job, error)\n"
        "            case ProviderUnavailable():\n"
        "                self._holds.unreachable(error)\n",
    ),
    mutant(
        "an-upload-that-is-refused-shuts-the-line-at-every-try",
        _NOBODY_ELSES,
        _REFUSING,
        "                if not self._uploads_refused and job.troubled_since_ms is None:",
        "                if job.id:",
    ),
)
GATE: Final = (
    mutant(
        "the-gate-for-pictures-is-everybodys",
        _NOBODY_ELSES,
        _ASKING,
        "self._requests.of(clip_input.member_id):",
        "self._requests.of(0):",
    ),
    mutant(
        "words-wait-behind-pictures",
        _NOBODY_ELSES,
        _ASKING,
        "        if not clip_input.attached:\n            return _kept(clip_input), ()\n",
        "",
        "self._requests.of(clip_input.member_id):",
        "self._requests.of(0):",
    ),
)
TWO: Final = (
    mutant(
        "who-lost-a-job-keeps-its-slot",
        "nobody waits with room",
        "bot/pipeline/held_jobs.py",
        "            self._engine.wake(job_id, again=False)\n",
        "",
    ),
)
ANSWERED: Final = (
    mutant(
        "an-answer-that-was-not-stored-is-forgotten",
        "a member is told once that nothing was begun",
        "bot/presentation/interactions/asked.py",
        "        interaction.client.unsettled.keep(interaction.id, outcome)\n",
        "",
    ),
)
RARE: Final = (*SEARCHED, *LINE, *GATE, *TWO, *ANSWERED)
