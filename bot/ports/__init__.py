"""The interfaces between the layers: Protocols, and the frozen values that they take and return.

Services, presentation and pipeline call most of them; storage, providers, media, engines, http, ops, presentation and pipeline
implement them.
Names ending in `_ms` are milliseconds (moments since the epoch); other times are seconds. Ids are snowflakes as int, credits
whole numbers.
"""

from bot.ports.asked import SECOND_PRESS_MS, Added, Asked, AskedKind, AskedStore, Outcome
from bot.ports.bookings import Booking, Bookings, NewJob, NewOrder
from bot.ports.clock import Clock, SettableClock
from bot.ports.engine import CEILING_SECONDS, Engine, Kinds, Line, Next, RunResult, Shared, ShutGate, Standstill, Why
from bot.ports.files import KeptClips, KeptFile, KeptPictures, Output, OutputKind
from bot.ports.finished_clips import FinishedClips
from bot.ports.job_messages import JobMessages
from bot.ports.jobs import JobChanges, JobReader, JobRecovery, JobTransitions, ProviderReferences
from bot.ports.media import Attachments, Change, CheckedImage, ClipFacts, Fitted, Media, Remedy
from bot.ports.notifier import Delivery, Notifier, NoUpload, Posted
from bot.ports.operator import KeptPauses, OperatorAction, OperatorAnswer, OperatorRequest, OperatorRequests
from bot.ports.posts import Posts
from bot.ports.progress import Estimates, Forecast, Hitch, Progress, ProgressReader
from bot.ports.provider import (
    PHASES_OVER,
    THE_CLIP,
    Accepted,
    Check,
    ClipLink,
    Difference,
    FindingCode,
    Lost,
    Phase,
    ProviderAvailability,
    ProviderFinding,
    Recognition,
    RunStatus,
    Severity,
    Submission,
    VideoProvider,
)
from bot.ports.provider_states import KnownState, ProviderShut, ProviderStates
from bot.ports.storage import COMMANDS_REFUSED, Drafts, Entry, KeyValues, Ledger, LedgerEntry, Multipliers

__all__ = [
    "CEILING_SECONDS",
    "COMMANDS_REFUSED",
    "PHASES_OVER",
    "SECOND_PRESS_MS",
    "THE_CLIP",
    "Accepted",
    "Added",
    "Asked",
    "AskedKind",
    "AskedStore",
    "Attachments",
    "Booking",
    "Bookings",
    "Change",
    "Check",
    "CheckedImage",
    "ClipFacts",
    "ClipLink",
    "Clock",
    "Delivery",
    "Difference",
    "Drafts",
    "Engine",
    "Entry",
    "Estimates",
    "FindingCode",
    "FinishedClips",
    "Fitted",
    "Forecast",
    "Hitch",
    "JobChanges",
    "JobMessages",
    "JobReader",
    "JobRecovery",
    "JobTransitions",
    "KeptClips",
    "KeptFile",
    "KeptPauses",
    "KeptPictures",
    "KeyValues",
    "Kinds",
    "KnownState",
    "Ledger",
    "LedgerEntry",
    "Line",
    "Lost",
    "Media",
    "Multipliers",
    "NewJob",
    "NewOrder",
    "Next",
    "NoUpload",
    "Notifier",
    "OperatorAction",
    "OperatorAnswer",
    "OperatorRequest",
    "OperatorRequests",
    "Outcome",
    "Output",
    "OutputKind",
    "Phase",
    "Posted",
    "Posts",
    "Progress",
    "ProgressReader",
    "ProviderAvailability",
    "ProviderFinding",
    "ProviderReferences",
    "ProviderShut",
    "ProviderStates",
    "Recognition",
    "Remedy",
    "RunResult",
    "RunStatus",
    "SettableClock",
    "Severity",
    "Shared",
    "ShutGate",
    "Standstill",
    "Submission",
    "VideoProvider",
    "Why",
]
