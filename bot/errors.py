"""The one error tree. It carries facts for the layer that words them; it knows no Discord, no vendor and no wording.

HappyHorseError
├── RequestRefused          a member's request breaks the model's limits; every problem at once, nothing sent or charged
├── QuotaRefused            allowance, running jobs or the guild's cap are used up; nothing sent or charged
├── AlreadyAsked            the very same clip is under way or there already; nothing sent or charged
├── ReferenceHeld           another job holds this clip of the provider already: it can't be this one's
├── KindClosed              the provider closed the model for this kind of clip to us; nothing sent or charged
├── Paused                  the operator lets nobody ask for new clips, everywhere or in one server; nothing sent or charged
├── NotOffered              who was to make the clip takes no new ones here any more: the member is asked before another does
├── NotYours                a button or command on something that belongs to someone else
├── Gone                    the job, draft or clip that a button names is no longer here
├── ProviderError           anything the video provider did; each carries what the job must do next
│   ├── ModerationRefused       the provider's safety check said no; the member may reword
│   ├── ProviderRejected        the provider refused the request itself; repeating it repeats the refusal
│   ├── ProviderMisconfigured   bad key, no plan, no credit: the operator's to mend
│   ├── ProviderBusy            over its rate or its ceiling: wait, nothing has started
│   ├── ProviderUnavailable     not reachable or 5xx where repeating is safe
│   ├── SubmitOutcomeUnknown    the answer to a submit was lost: it may be running and billed
│   └── ClipUnavailable         a finished clip cannot be fetched (too large, gone, broken)
│       └── ClipMissing             the provider says that it is done and names no clip, or none that is there
├── MediaError              ffmpeg or Pillow could not do it; of a clip it may pass: no memory, no room, no time
│   ├── NotAClip                ffmpeg read the file and it does not play: another try on it won't help
│   ├── CannotFit               no encoding of this clip fits the upload limit
│   └── MediaBusy               other pictures took too long; nothing is wrong with this one
├── DeliveryError           Discord would not take a message
│   ├── UploadTooLarge          fit the clip smaller and try again
│   ├── NowhereToPost           thread, channel, card and DM are all closed to us
│   └── PostInDoubt             it may stand in a place that can't be read any more, so it is sent nowhere else
├── GatewayClosed           Discord ended the gateway's connection and wants no resume: a new start is needed
├── Interrupted             something that was waited for was cancelled from inside, and nobody asked us to stop
├── StorageError            the database cannot be used as it is
│   ├── DatabaseTooNew          written by a newer bot; refused rather than damaged
│   ├── DatabaseOutdated        written by an older bot; only `run` and `migrate` bring it up to date
│   ├── UnreadableJob           a job's row holds what this version does not know; it is left as it is, with its credits
│   ├── DatabaseInUse           another process of this bot holds it
│   └── DatabaseBusy            others kept it busy for too long; nothing of the work was done, nor will be
├── SettingsError           config.toml or the environment is wrong; the text names the key and the remedy
└── Mistake                 what was typed after `happyhorse` can't be done; raised and worded by the command line
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.problem import Problem


class HappyHorseError(Exception):
    """Root of the tree. `str()` is for the operator's log, never for members."""


class RequestRefused(HappyHorseError):
    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}, given {p.given}, allowed {p.allowed}" for p in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Crossed:
    """A bound that a job would cross; figures are whole credits or jobs.

    `reason` is one of allowance, running, guild_allowance, guild_running.
    """

    reason: str
    needed: int
    left: int
    limit: int
    resets_at_ms: int | None = None


class QuotaRefused(HappyHorseError):
    """`crossed` holds every bound that would be crossed, at least one. `unread`: the request's pictures were not looked at."""

    def __init__(self, crossed: tuple[Crossed, ...], *, unread: bool = False) -> None:
        super().__init__(
            "; ".join(f"{each.reason}: needed {each.needed}, left {each.left} of {each.limit}" for each in crossed)
        )
        self.crossed = crossed
        self.unread = unread

    @property
    def left(self) -> int:
        """Credits that may still be spent, the least of all bounds on them that would be crossed."""
        return min((each.left for each in self.crossed if each.reason.endswith("allowance")), default=0)


class AlreadyBooked(HappyHorseError):
    """`job_id` is the job that makes, or made, this very clip."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} is the same")
        self.job_id = job_id


class ReferenceHeld(HappyHorseError):
    """`job_id` is the job that holds the provider's clip `reference`."""

    def __init__(self, reference: str, job_id: int) -> None:
        super().__init__(f"job {job_id} holds {reference} already")
        self.reference = reference
        self.job_id = job_id


class KindClosed(HappyHorseError):
    """`kinds` are the kinds of clips that the provider does not take for now, those of one model."""

    def __init__(self, kinds: frozenset[str]) -> None:
        super().__init__(f"closed at the provider: {', '.join(sorted(kinds))}")
        self.kinds = kinds


class Paused(HappyHorseError):
    """`until_ms` None where no end was set; `why` in the operator's words, maybe ""; `here` alone, or everywhere.

    `unread` says that this was known before the pictures of the request were read, so none of them is kept.
    """

    def __init__(self, until_ms: int | None, why: str, *, here: bool, unread: bool) -> None:
        super().__init__(f"paused {'in this server' if here else 'everywhere'}")
        self.until_ms = until_ms
        self.why = why
        self.here = here
        self.unread = unread


class NotOffered(HappyHorseError):
    """`provider` would make the clip now, for `cost` credits; nothing was sent or charged."""

    def __init__(self, provider: str, cost: int) -> None:
        super().__init__(f"another than was asked for would make it: {provider}")
        self.provider = provider
        self.cost = cost


class NotYours(HappyHorseError):
    """`owner_id` is the member it belongs to; `moderated` says that those who moderate there might have done it too."""

    def __init__(self, owner_id: int, *, moderated: bool = True) -> None:
        super().__init__(f"belongs to {owner_id}")
        self.owner_id = owner_id
        self.moderated = moderated


class Gone(HappyHorseError):
    """What was named is not here any more."""


class ProviderError(HappyHorseError):
    """`detail` is the provider's own words, for the log; `code` its own code where it has one."""

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail if code is None else f"{code}: {detail}")
        self.detail = detail
        self.code = code


class ModerationRefused(ProviderError):
    pass


class ProviderRejected(ProviderError):
    pass


class ProviderMisconfigured(ProviderError):
    """`kinds` are the kinds of clips that it is about, where the provider closed one model alone; None for all."""

    kinds: frozenset[str] | None = None


class ProviderBusy(ProviderError):
    """`retry_after` in seconds where the provider said so; `ceiling` clips in flight where it named its limit."""

    def __init__(
        self, detail: str, *, code: str | None = None, retry_after: float | None = None, ceiling: int | None = None
    ) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after
        self.ceiling = ceiling


class ProviderUnavailable(ProviderError):
    pass


class SubmitOutcomeUnknown(ProviderError):
    """`code` is set where the provider answered with trouble of its own, and `retry_after` in seconds where it said so."""

    def __init__(self, detail: str, *, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class ClipUnavailable(ProviderError):
    pass


class ClipMissing(ClipUnavailable):
    pass


class MediaError(HappyHorseError):
    pass


class NotAClip(MediaError):
    pass


class CannotFit(MediaError):
    pass


class MediaBusy(MediaError):
    pass


class DeliveryError(HappyHorseError):
    """`retry_after` in seconds where Discord said how long to leave that route alone. `unsent`: surely nothing came of it."""

    def __init__(self, detail: str, *, retry_after: float | None = None, unsent: bool = False) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.unsent = unsent


class UploadTooLarge(DeliveryError):
    """`limit` in bytes is what the place takes, where that was known before anything was uploaded."""

    def __init__(self, detail: str, *, limit: int | None = None) -> None:
        super().__init__(detail, unsent=True)
        self.limit = limit


class NowhereToPost(DeliveryError):
    pass


class PostInDoubt(DeliveryError):
    pass


class GatewayClosed(HappyHorseError):
    pass


class Interrupted(HappyHorseError):
    pass


class StorageError(HappyHorseError):
    pass


class DatabaseTooNew(StorageError):
    pass


class DatabaseOutdated(StorageError):
    pass


class UnreadableJob(StorageError):
    """`why` names the field and never what stands in it: that may be a member's words or a token."""

    def __init__(self, job_id: int, why: str) -> None:
        super().__init__(f"job {job_id} can't be read by this version of the bot: {why}")
        self.job_id = job_id
        self.why = why


class DatabaseInUse(StorageError):
    pass


class DatabaseBusy(StorageError):
    """A write that did not begin in time. It was taken back: none of it was done, and none of it will be."""


class SettingsError(HappyHorseError):
    """The text is written for the operator: it names the key, what was given and what is allowed."""


class Mistake(HappyHorseError):
    """In the call of a command, not in the configuration. `str()` is for the operator, in the words of `bot.cli`."""
