"""Every error of the bot. Errors carry facts; presentation words them for members.

HappyHorseError
├── RequestRefused          a member's request breaks the model's limits; lists every problem; nothing sent or charged
├── QuotaRefused            the member or the server has too few credits or too many running jobs; nothing sent or charged
├── AlreadyBooked           the very same clip is being made or was made already; nothing sent or charged
├── ReferenceHeld           another job has this clip of the provider already, so it can't belong to this job
├── NotConfirmed            several clips cost more than one: their member is asked first; nothing sent or charged
├── KindClosed              the provider does not take this kind of clip from us; nothing sent or charged
├── Paused                  the operator stopped new clips, everywhere or in one server; nothing sent or charged
├── NotOffered              the provider of an older clip is not offered any more: the member is asked before another makes it
├── NotYours                a button or command on something that belongs to someone else
├── Gone                    the job, draft or clip that a button names is no longer here
├── ProviderError           the video provider failed or refused; the class says what the job must do next
│   ├── ModerationRefused       the provider's safety check refused the request; the member may reword it
│   ├── ProviderRejected        the provider refused the request itself; a second try is refused too
│   ├── ProviderMisconfigured   bad key, no plan or no credit: the operator must repair it
│   ├── ProviderBusy            over its rate limit or its number of clips: wait, nothing has started
│   ├── ProviderUnavailable     not reachable, or 5xx to a request that may be repeated
│   ├── SubmitOutcomeUnknown    the answer to a submit was lost: the clip may be running and billed
│   └── ClipUnavailable         a finished clip can't be fetched (too large, gone, broken)
│       └── ClipMissing             the provider says that it is done but names no clip, or one that is not there
├── MediaError              ffmpeg or Pillow failed; for a clip it may be temporary: no memory, no disk space, no time
│   ├── NotAClip                ffmpeg read the file and it does not play: another try won't help
│   ├── CannotFit               no encoding of this clip fits the upload limit
│   └── MediaBusy               other pictures took too long; nothing is wrong with this one
├── DeliveryError           Discord did not take a message
│   ├── UploadTooLarge          the file is over the limit: fit the clip smaller and try again
│   ├── NowhereToPost           the bot may not post in the thread, the channel, the card or a DM
│   └── PostInDoubt             the clip may be posted in a place that can't be read any more, so it is sent nowhere else
├── GatewayClosed           Discord closed the gateway connection and allows no resume: a new start is needed
├── Interrupted             something that was waited for was cancelled elsewhere, though nobody cancelled the waiting task
├── StorageError            the database can't be used
│   ├── DatabaseTooNew          written by a newer bot; not opened, so that it is not damaged
│   ├── DatabaseOutdated        written by an older bot; only `run` and `migrate` bring it up to date
│   ├── UnreadableJob           a job's row has values that this version can't read; it and its credits stay as they are
│   ├── DatabaseInUse           another process of this bot uses it
│   └── DatabaseBusy            others kept it busy for too long; the write was not done and will not be
├── SettingsError           config.toml or the environment is wrong; its code says what
└── Mistake                 a command of `happyhorse` was called in a way that can't work; raised and worded by the command line
"""

from __future__ import annotations

from dataclasses import replace

from bot.detail import Detail, as_detail, said
from bot.problem import Crossed, Problem
from bot.settings_problem import SettingsProblem
from bot.storage_problem import StorageCode, StorageProblem


class HappyHorseError(Exception):
    """Base of all errors of the bot. `str()` is for the operator's log, never for members."""

    @property
    def reason(self) -> Detail:
        """What went wrong, as those who run the bot are told."""
        return said(str(self))


class RequestRefused(HappyHorseError):
    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}, given {p.given}, allowed {p.allowed}" for p in problems))
        self.problems = problems


class QuotaRefused(HappyHorseError):
    """`crossed` has every cap that would be exceeded, at least one. `unread`: the request's pictures were not read."""

    def __init__(self, crossed: tuple[Crossed, ...], *, unread: bool = False) -> None:
        super().__init__(
            "; ".join(f"{each.reason}: needed {each.needed}, left {each.left} of {each.limit}" for each in crossed)
        )
        self.crossed = crossed
        self.unread = unread

    @property
    def left(self) -> int:
        """Credits that may still be spent: the fewest left under a cap of credits in `crossed`. 0 where it has no such cap."""
        return min((each.left for each in self.crossed if each.reason.endswith("allowance")), default=0)


class AlreadyBooked(HappyHorseError):
    """`job_id` is the job that makes or made the very same clip."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} is the same")
        self.job_id = job_id


class NotConfirmed(HappyHorseError):
    """`costs` has the credits of each clip. `left` is what the member would have left after them, None without a limit.

    `before` is the price in all that they agreed to, if they were asked already and it has changed since.
    """

    def __init__(self, costs: tuple[int, ...], left: int | None, *, before: int | None = None) -> None:
        super().__init__(f"{len(costs)} clips for {sum(costs)} credits have to be confirmed")
        self.costs = costs
        self.left = left
        self.before = before


class ReferenceHeld(HappyHorseError):
    """`job_id` is the job that has the provider's clip `reference`."""

    def __init__(self, reference: str, job_id: int) -> None:
        super().__init__(f"job {job_id} holds {reference} already")
        self.reference = reference
        self.job_id = job_id


class KindClosed(HappyHorseError):
    """`kinds` are the kinds of clips that the provider does not take from us for now."""

    def __init__(self, kinds: frozenset[str]) -> None:
        super().__init__(f"closed at the provider: {', '.join(sorted(kinds))}")
        self.kinds = kinds


class Paused(HappyHorseError):
    """`until_ms` is None where no end was set; `why` is the operator's text, maybe ""; `here`: only in this server.

    `unread`: the request has pictures that were not read, so none of them is stored.
    """

    def __init__(self, until_ms: int | None, why: str, *, here: bool, unread: bool) -> None:
        super().__init__(f"paused {'in this server' if here else 'everywhere'}")
        self.until_ms = until_ms
        self.why = why
        self.here = here
        self.unread = unread


class NotOffered(HappyHorseError):
    """`provider` would make the `clips` clips instead, for `cost` credits in all. Nothing was sent or charged."""

    def __init__(self, provider: str, cost: int, clips: int = 1) -> None:
        super().__init__(f"another than was asked for would make it: {provider}")
        self.provider = provider
        self.cost, self.clips = cost, clips


class NotYours(HappyHorseError):
    """`owner_id` is the member it belongs to. `moderated`: a moderator may do it too."""

    def __init__(self, owner_id: int, *, moderated: bool = True) -> None:
        super().__init__(f"belongs to {owner_id}")
        self.owner_id = owner_id
        self.moderated = moderated


class Gone(HappyHorseError):
    """The job, draft or clip is not here any more."""


class _Detailed(HappyHorseError):
    """Says what went wrong by a code, or in a text that nobody translates."""

    def __init__(self, detail: Detail | str) -> None:
        super().__init__(str(detail))
        self._detail = as_detail(detail)

    @property
    def reason(self) -> Detail:
        return self._detail


class ProviderError(HappyHorseError):
    """`detail` is what went wrong; a text is the provider's own message. `code` is its error code, if any."""

    def __init__(self, detail: Detail | str, *, code: str | None = None) -> None:
        self.detail = as_detail(detail)
        self.code = code
        super().__init__(str(self.reason))

    @property
    def reason(self) -> Detail:
        return replace(self.detail, vendor_code=self.code or "")


class ModerationRefused(ProviderError):
    pass


class ProviderRejected(ProviderError):
    pass


class ProviderMisconfigured(ProviderError):
    """`kinds` are the kinds of clips of the one model that the provider closed to us; None for all kinds."""

    kinds: frozenset[str] | None = None


class ProviderBusy(ProviderError):
    """`retry_after` in seconds and `ceiling`, the most clips at a time, where the provider named them."""

    def __init__(
        self, detail: Detail | str, *, code: str | None = None, retry_after: float | None = None, ceiling: int | None = None
    ) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after
        self.ceiling = ceiling


class ProviderUnavailable(ProviderError):
    pass


class SubmitOutcomeUnknown(ProviderError):
    """`code` is set where the provider answered with an error of its own; `retry_after` in seconds where it named one."""

    def __init__(self, detail: Detail | str, *, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class ClipUnavailable(ProviderError):
    pass


class ClipMissing(ClipUnavailable):
    pass


class MediaError(_Detailed):
    """`detail` is what went wrong; a text is for the log alone."""


class NotAClip(MediaError):
    pass


class CannotFit(MediaError):
    pass


class MediaBusy(MediaError):
    pass


class DeliveryError(_Detailed):
    """A text as `detail` is Discord's. `retry_after`: seconds until the route may be used again, where Discord named them.
    `unsent`: nothing was posted.
    """

    def __init__(self, detail: Detail | str, *, retry_after: float | None = None, unsent: bool = False) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.unsent = unsent


class UploadTooLarge(DeliveryError):
    """`limit` is the upload limit in bytes, where it was known before the upload."""

    def __init__(self, detail: Detail | str, *, limit: int | None = None) -> None:
        super().__init__(detail, unsent=True)
        self.limit = limit


class NowhereToPost(DeliveryError):
    pass


class PostInDoubt(DeliveryError):
    pass


class GatewayClosed(HappyHorseError):
    """`code` is Discord's: https://docs.discord.com/developers/topics/opcodes-and-status-codes, gateway close event codes."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Discord closed the gateway ({code})")
        self.code = code


class Interrupted(HappyHorseError):
    pass


class StorageError(HappyHorseError):
    """`problem` is for the operator: presentation words it."""

    def __init__(self, problem: StorageProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class DatabaseTooNew(StorageError):
    pass


class DatabaseOutdated(StorageError):
    pass


class UnreadableJob(StorageError):
    """`why` names the field but not its value, which may be a member's text or a token."""

    def __init__(self, job_id: int, why: str) -> None:
        super().__init__(StorageProblem(StorageCode.UNREADABLE_JOB, figures=(job_id, why)))
        self.job_id = job_id
        self.why = why


class DatabaseInUse(StorageError):
    pass


class DatabaseBusy(StorageError):
    """A write did not begin in time and was taken back: none of it was done, and none of it will be."""


class SettingsError(HappyHorseError):
    """`problem` is for the operator: presentation words it, with the key, what was given and what is allowed."""

    def __init__(self, problem: SettingsProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Mistake(HappyHorseError):
    """Only for the call of a command, not for the configuration. `str()` is shown to the operator; `bot.cli` words it."""


def reason_of(error: Exception) -> Detail:
    """What went wrong: the error's `reason`, or its text if it is not an error of the bot."""
    return error.reason if isinstance(error, HappyHorseError) else said(str(error))
