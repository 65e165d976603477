"""The words for each notice about one job to the people who run the bot: what happened, who pays. `notices` calls `about_job`.

The placeholders of a text are the fields of its notice.
"""

from __future__ import annotations

from dataclasses import fields

from bot import notice as n
from bot.notice import JobNotice
from bot.presentation.views.details import text_of as reason
from bot.presentation.views.translations import _, ngettext, number


def about_job(notice: JobNotice) -> str:  # noqa: C901, PLR0911  one case for each kind of notice
    match notice:
        case n.Rejected():
            text = _(
                "Job {job}: {provider} rejected it ({said}). Nothing was started, nobody was charged. Until a clip is taken"
                " this is not told again; where all are rejected, `happyhorse doctor` may say why."
            )
            return _filled(text, notice)
        case n.Unfound():
            return _unfound(notice)
        case n.TakenAfterEnd():
            text = _(
                "Job {job} had ended when {provider} took its clip as {reference}: it may be billed there; the member was not"
                " charged."
            )
            return _filled(text, notice)
        case n.Unpaid():
            return _filled(_unpaid(notice), notice)
        case n.ThrownAway():
            text = _(
                "Job {job}: a moderator had the clip thrown away. It was billed at {provider} as {reference}; the member was"
                " not charged."
            )
            return _filled(text, notice)
        case n.CameOtherwise():
            return _came_otherwise(notice)
        case n.NotFetched():
            text = _(
                "Job {job}: the finished clip can't be fetched from {provider} ({reference}): {said}. The member was not"
                " charged."
            )
            return _filled(text, notice)
        case n.FetchTakesLong():
            text = _(
                "Job {job}: the finished clip ({reference}) does not come from {provider}; the log says why. It is tried for"
                " about six hours. Its member is charged only if it comes."
            )
            return _filled(text, notice)
        case n.NotPosted():
            text = _(
                "Job {job}: the clip is made ({reference}) but can't be posted: {said}. Its owner can have it posted elsewhere"
                " for three days, and is charged then and not before."
            )
            return _filled(text, notice)
        case n.NeverPosted():
            return _never_posted(notice)
        case n.Broke():
            text = _("Job {job} broke in {state} by a fault of ours ({error}, see the log).")
            return f"{_filled(text, notice)} {_who_pays(notice)}"
        case n.GivenUp():
            text = ngettext(
                "Job {job} is not run any more: the bot broke off {count} time while it was in {state}, see the log.",
                "Job {job} is not run any more: the bot broke off {count} times while it was in {state}, see the log.",
                notice.times,
            )
            return f"{_filled(text, notice, count=number(notice.times))} {_who_pays(notice)}"


def _filled(text: str, notice: JobNotice, **others: str) -> str:
    """The text with the notice's fields, and `others`, which are texts already. `said` is a `Detail` or None."""
    figures = {each.name: getattr(notice, each.name) for each in fields(notice)}
    if "said" in figures:
        figures["said"] = reason(figures["said"])
    return text.format(**figures | others)


def _unfound(notice: n.Unfound) -> str:
    lost = _(
        "Job {job}: the answer to its submit at {provider} was lost and its clip can't be told apart there (seed {seed}). It"
        " may have been billed; the member was refunded."
    )
    another = _(
        "Job {job}: the answer to its submit at {provider} named a clip of another job and its clip can't be told apart there"
        " (seed {seed}). It may have been billed; the member was refunded."
    )
    return _filled(another if notice.another else lost, notice)


def _unpaid(notice: n.Unpaid) -> str:
    match notice.cancelled, notice.moderated, notice.billed:
        case True, True, True:
            return _(
                "Job {job} was cancelled at {provider} (for a moderator) and was billed there as {reference}; the member was"
                " not charged."
            )
        case True, True, False:
            return _(
                "Job {job} was cancelled at {provider} (for a moderator) and may be billed there as {reference}; the member was"
                " not charged."
            )
        case True, False, True:
            return _("Job {job} was cancelled at {provider} and was billed there as {reference}; the member was not charged.")
        case True, False, False:
            return _(
                "Job {job} was cancelled at {provider} and may be billed there as {reference}; the member was not charged."
            )
        case False, _, True:
            return _("Job {job} failed at {provider} ({said}) and was billed there as {reference}; the member was not charged.")
        case _:
            return _(
                "Job {job} failed at {provider} ({said}) and may be billed there as {reference}; the member was not charged."
            )


def _never_posted(notice: n.NeverPosted) -> str:
    sentences = [_("Job {job}: its owner has not had the clip posted in three days, so it ended ({said}).")]
    if notice.billed:
        sentences.append(_("It was billed at {provider} as {reference}."))
    sentences.append(_("The member was not charged."))
    return _filled(" ".join(sentences), notice)


def _who_pays(notice: n.Broke | n.GivenUp) -> str:
    if notice.known_as is None:
        return _("The member was not charged.")
    return _filled(_("It may be billed at {provider} ({known_as}); the member was not charged."), notice)


def _came_otherwise(notice: n.CameOtherwise) -> str:
    lacks: list[str] = []
    if notice.seconds is not None:
        # Translators: behind "the clip came".
        length = _("{seconds} s long instead of {asked} s")
        lacks.append(length.format(seconds=number(notice.seconds, 1), asked=number(notice.seconds_asked)))
    if notice.size is not None:
        # Translators: behind "the clip came".
        size = _("{width} x {height} instead of {resolution}")
        lacks.append(size.format(width=notice.size[0], height=notice.size[1], resolution=notice.resolution_asked))
    if notice.silent:
        # Translators: behind "the clip came".
        lacks.append(_("without sound"))
    pays = _(
        "Job {job}: the clip came {lacks} from {provider} ({reference}). It is posted all the same, and its member pays for it"
        " (quota.not_as_asked)."
    )
    free = _(
        "Job {job}: the clip came {lacks} from {provider} ({reference}). It is posted all the same, and its member does not pay"
        " for it (quota.not_as_asked)."
    )
    return _filled(free if notice.free else pays, notice, lacks=_all_of(lacks))


def _all_of(lacks: list[str]) -> str:
    if len(lacks) == 2:
        # Translators: such as "3.2 s long instead of 5 s and without sound".
        return _("{first} and {second}").format(first=lacks[0], second=lacks[1])
    if len(lacks) == 3:
        # Translators: such as "3.2 s long instead of 5 s and 640 x 360 instead of 1080P and without sound".
        return _("{first} and {second} and {third}").format(first=lacks[0], second=lacks[1], third=lacks[2])
    return lacks[0]
