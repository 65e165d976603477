"""What a member asks about rather than for: quota, jobs, how the bot works. Pages only, for their eyes alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.domain.clip import RESOLUTION_DEFAULT, Resolution
from bot.domain.job import Job, State
from bot.domain.price import Prices
from bot.domain.progress import bar
from bot.domain.quota import Window
from bot.ports import Entry, LedgerEntry
from bot.presentation.views import layout, unposted, wording
from bot.presentation.views.buttons import Press, example_buttons, job_button, link_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.escaping import inline
from bot.presentation.views.layout import AnyButton, Page, Picture
from bot.presentation.views.outcomes import ending, has_link
from bot.presentation.views.progress_text import progress_buttons, progress_line, unwanted
from bot.services.find_jobs import JOBS_SHOWN, Listed
from bot.services.show_quota import Quota

_NO_POSTERS: Final[Mapping[int, str]] = {}
_NO_IDS: Final[Mapping[str, int]] = {}
_PROMPT_SHOWN: Final = 60
_NOTE_SHOWN: Final = 60
_WITHOUT_WORDS: Final = (
    "-# Prompts are left out: this server's filters block some of their words. In a direct message I show them."
)
_ENTRIES: Final = {
    Entry.RESERVE: "for a clip",
    Entry.SETTLE: "given back",
    Entry.RELEASE: "given back",
    Entry.GRANT: "granted",
}


def quota_page(quota: Quota, prices: Prices, *, preview: bool) -> Page:
    """`preview` says that new clips are previews."""
    standing = quota.standing
    if standing.exempt:
        view = Page(layout.GREEN).text("**No limit for you**", "The people who run this bot have lifted your limit.")
    elif prices.free:
        why = "They are previews, and cost no credits." if preview else "They cost no credits."
        view = Page(layout.GREEN).text("**Clips are free here**", why)
    else:
        view = Page(layout.BLUE).text(*_standing_lines(quota))
    lines = [_entry_line(entry) for entry in quota.entries]
    if lines:
        view.line().text("**Lately**", *lines)
    return view


def _standing_lines(quota: Quota) -> list[str]:
    standing = quota.standing
    left = max(standing.left, 0)
    share = left / standing.whole if standing.whole else 0.0
    return [
        f"**{wording.left_of(standing, quota.window)}**{_clips_left(quota.clips_left)}",
        f"`{bar(share)}` {round(share * 100)} % left",
        f"Resets {wording.moment(standing.span.end_ms)}, {wording.moment(standing.span.end_ms, 'f')}.",
    ]


def _clips_left(clips: int | None) -> str:
    if clips is None:
        return ""
    if clips < 1:
        return f", less than a {wording.USUAL_LENGTH} clip at {RESOLUTION_DEFAULT} costs"
    return f", about {wording.count(clips, f'more {wording.USUAL_LENGTH} clip')} at {RESOLUTION_DEFAULT}"


def _entry_line(entry: LedgerEntry) -> str:
    what = _ENTRIES[entry.entry]
    if entry.entry is Entry.GRANT and entry.credits < 0:
        what = "taken back"
    note = f" ({inline(entry.note, _NOTE_SHOWN)})" if entry.note and entry.entry is Entry.GRANT else ""
    return f"{entry.credits:+,} {what}{note} {wording.moment(entry.at_ms)}"


def jobs_page(listed: list[Listed], number: int = 1, *, posters: Mapping[int, str] = _NO_POSTERS, quoted: bool = True) -> Page:
    """`number` of the page, from 1; `posters` links by job; `quoted`: with the words of the prompts."""
    if not listed and number > 1:
        return (
            Page(layout.BLUE)
            .text("**No more clips**", "You are past the last page.")
            .buttons(_page_button(number - 1, "Newer"))
        )
    if not listed:
        view = Page(layout.BLUE).text("**No clips yet**", "Start with `/video text`, or press an example:")
        return view.buttons(*example_buttons())
    view = Page(layout.BLUE).text("**Your clips**" if number == 1 else f"**Your clips**, page {number:,}")
    for each in listed[:JOBS_SHOWN]:
        text, button, poster = _job_line(each, quoted=quoted), _job_button(each.job), posters.get(each.job.id)
        if poster is not None:
            view.beside(text, Picture(poster, "A frame of the finished clip")).buttons(button)
        else:
            view = view.text(text) if button is None else view.beside(text, button)
    if not quoted:
        view.text(_WITHOUT_WORDS)
    page_buttons = [_page_button(number - 1, "Newer")] if number > 1 else []
    if len(listed) > JOBS_SHOWN:
        page_buttons.append(_page_button(number + 1, "Older"))
    return view.line().buttons(*page_buttons) if page_buttons else view


def _page_button(number: int, label: str) -> Press:
    return Press(Action.PAGE, str(number), label)


def _job_line(listed: Listed, *, quoted: bool) -> str:
    job, progress = listed.job, listed.progress
    if job.ended:
        return _ended_line(job, quoted=quoted)
    if job.state is State.UNPOSTED:
        waits = (unwanted(job),) if job.discard else (unposted.reason(job), unposted.offer(job))
        return "\n".join((f"**{wording.STATES[job.state]}**", *waits, *_about(job, quoted=quoted)))
    where = "" if progress is None else progress_line(progress)
    return "\n".join(line for line in (f"**{wording.stage(job)}**", where, unwanted(job), *_about(job, quoted=quoted)) if line)


def _ended_line(job: Job, *, quoted: bool) -> str:
    """With why it failed: of a private clip nothing else may have reached its member."""
    told = ending(job)
    return "\n".join(line for line in (f"**{told.headline}**", told.brief, *_about(job, quoted=quoted)) if line)


def _about(job: Job, *, quoted: bool) -> tuple[str, ...]:
    settings = f"{job.request.duration} s · {job.request.resolution.value} · {wording.cost_of(job)}"
    when = wording.moment(job.ended_at_ms or job.created_at_ms)
    asked = (f"> {inline(job.request.prompt, _PROMPT_SHOWN)}",) if quoted else ()
    return *asked, f"-# {settings} · {when}"


def _job_button(job: Job) -> AnyButton | None:
    if job.state is State.UNPOSTED:
        return None if job.discard else job_button(Action.POST, job.id)
    if not job.ended:
        # What moderators threw away only they can let finish.
        return None if job.moderated_away else next(iter(progress_buttons(job)), None)
    if job.state is State.DONE:
        if job.address.result_url:
            return link_button("Open", job.address.result_url)
        # A private clip stands in a message that Discord's clients forget; asking for another would be paid again.
        forgotten = job.address.result_id is not None and has_link(job)
        return job_button(Action.LINK if forgotten else Action.AGAIN, job.id)
    steps = ending(job).next_steps
    return job_button(steps[0], job.id) if steps else None


def help_page(
    prices: Prices,
    window: Window,
    allowance: int | None,
    *,
    preview: bool,
    drafts: Prices | None = None,
    draws_first: bool = False,
    command_ids: Mapping[str, int] = _NO_IDS,
) -> Page:
    """`allowance` is what this member has in each window, None without a limit; `preview` says that clips are previews.

    `drafts` is what a preview costs where members may choose one; `draws_first`: who chooses nothing gets one. A press
    on a command whose id at Discord is known begins it.
    """

    def command(path: str) -> str:
        known = command_ids.get(path.partition(" ")[0])
        return f"`/{path}`" if known is None else f"</{path}:{known}>"

    view = Page(layout.BLUE).text(
        "### Clips with picture and sound",
        f"Write what is seen and what is heard. A clip of {wording.LENGTHS} seconds comes back, usually within minutes.",
    )
    view.text(
        f"{command('video text')} from words alone",
        f"{command('video image')} from a still that starts to move",
        f"{command('video characters')} with up to 9 people or things from your pictures: `character1`, `character2`, …",
        f"{command('video studio')} characters in a form, good on a phone",
        "**Animate this image** on any picture: hold or right-click the message, then Apps",
        f"{command('jobs')} what is on its way · {command('quota')} what you may still spend",
    )
    view.text(*_cost_lines(prices, window, allowance, preview=preview), *_draft_lines(drafts, draws_first=draws_first))
    view.line().text("Press one to try it; you can change everything first:")
    return view.buttons(*example_buttons())


def _draft_lines(drafts: Prices | None, *, draws_first: bool) -> list[str]:
    if drafts is None:
        return []
    cost = drafts.usual()
    if draws_first:
        length = wording.USUAL_LENGTH
        told = f"{length} of that cost {wording.credits_of(cost)} at {RESOLUTION_DEFAULT}" if cost else "that is free"
        return [f"Without the option `make` a clip is a preview, and {told}."]
    told = f"costs {wording.credits_of(cost)} at {RESOLUTION_DEFAULT}" if cost else "is free"
    return [f"A preview of {wording.USUAL_LENGTH}, by the option `make`, {told}."]


def _cost_lines(prices: Prices, window: Window, allowance: int | None, *, preview: bool) -> list[str]:
    usual = prices.usual()
    kind = "free previews" if not usual else "previews"
    lines = (
        [f"Clips are {kind} for now, drawn on this machine; real ones come once a video service is set up."] if preview else []
    )
    if usual:
        costs = f"{wording.credits_of(usual)} at {RESOLUTION_DEFAULT}"
        try_out = f"{wording.more_credits(prices.usual(Resolution.P720))} at {Resolution.P720}"
        lines.append(f"A {wording.USUAL_LENGTH} clip costs {costs}, {try_out}.")
        has = "have no limit" if allowance is None else f"get {wording.count(allowance, 'credit')} {wording.EACH[window]}"
        lines.append(f"You {has}. A clip that fails costs nothing.")
    elif not preview:
        lines.append("Clips are free here.")
    return lines
