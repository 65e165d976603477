"""Every error of the bot, but for two that only their callers know: `ProviderShut` of ports and `Flood` of media. Errors carry
facts; presentation words them for members.

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
├── FoundTooLate            whether Discord took a first answer was found out so late that its member may be gone
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

from bot.errors.base import HappyHorseError, reason_of
from bot.errors.delivery import DeliveryError, NowhereToPost, PostInDoubt, UploadTooLarge
from bot.errors.media import CannotFit, MediaBusy, MediaError, NotAClip
from bot.errors.process import FoundTooLate, GatewayClosed, Interrupted, Mistake, SettingsError
from bot.errors.provider import (
    ClipMissing,
    ClipUnavailable,
    ModerationRefused,
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
    ReferenceHeld,
    SubmitOutcomeUnknown,
)
from bot.errors.refusals import (
    AlreadyBooked,
    Gone,
    KindClosed,
    NotConfirmed,
    NotOffered,
    NotYours,
    Paused,
    QuotaRefused,
    RequestRefused,
)
from bot.errors.storage import DatabaseBusy, DatabaseInUse, DatabaseOutdated, DatabaseTooNew, StorageError, UnreadableJob

__all__ = [
    "AlreadyBooked",
    "CannotFit",
    "ClipMissing",
    "ClipUnavailable",
    "DatabaseBusy",
    "DatabaseInUse",
    "DatabaseOutdated",
    "DatabaseTooNew",
    "DeliveryError",
    "FoundTooLate",
    "GatewayClosed",
    "Gone",
    "HappyHorseError",
    "Interrupted",
    "KindClosed",
    "MediaBusy",
    "MediaError",
    "Mistake",
    "ModerationRefused",
    "NotAClip",
    "NotConfirmed",
    "NotOffered",
    "NotYours",
    "NowhereToPost",
    "Paused",
    "PostInDoubt",
    "ProviderBusy",
    "ProviderError",
    "ProviderMisconfigured",
    "ProviderRejected",
    "ProviderUnavailable",
    "QuotaRefused",
    "ReferenceHeld",
    "RequestRefused",
    "SettingsError",
    "StorageError",
    "SubmitOutcomeUnknown",
    "UnreadableJob",
    "UploadTooLarge",
    "reason_of",
]
