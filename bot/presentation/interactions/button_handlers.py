"""What a press of a button does: one use case, one answer. Knows the buttons' actions; how buttons look, it does not know.

Who may press is looked at first, by `permissions`; what is called here is called for whoever may.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.domain.examples import EXAMPLES
from bot.domain.job import Address, Job, State
from bot.errors import Gone
from bot.presentation.interactions import job_list, permissions
from bot.presentation.interactions.booking import book
from bot.presentation.interactions.context import roles_of
from bot.presentation.interactions.post_here import post_here
from bot.presentation.interactions.responses import HorseInteraction, add, hold, open_form, replace_page, say, wait
from bot.presentation.views import layout, unposted, wording
from bot.presentation.views.buttons import BUTTONS, job_button
from bot.presentation.views.clip_message import more_page
from bot.presentation.views.custom_ids import Action, FormKind, number_in
from bot.presentation.views.error_pages import blocked, note_page
from bot.presentation.views.escaping import blocks, unseen
from bot.presentation.views.layout import Page
from bot.presentation.views.modals import clip_form
from bot.services.cancel_job import Outcome
from bot.services.clip_input import ClipInput, Draft


async def press(interaction: HorseInteraction, action: Action, subject: str) -> None:
    """Raises the permissions' and the use cases' errors; the caller words them."""
    if action in _WITHOUT_JOB:
        await _WITHOUT_JOB[action](interaction, subject)
    else:
        await _ON_JOBS[action](interaction, await permissions.admitted(interaction, BUTTONS[action].may, subject))


# -- forms: these are the answer themselves, so nothing slow may come before them -------------------------------------------


async def _draft(interaction: HorseInteraction, subject: str) -> None:
    draft = await interaction.client.use_cases.repeat.draft(number_in(subject), interaction.user.id)
    await _open(interaction, FormKind.DRAFT, subject, draft, "Edit and try again")


async def _example(interaction: HorseInteraction, subject: str) -> None:
    example = next((each for each in EXAMPLES if each.key == subject), None)
    if example is None:
        msg = f"no example {subject}"
        raise Gone(msg)
    await _open(interaction, FormKind.EXAMPLE, subject, Draft(example.raw), "Try an example")


async def _remix(interaction: HorseInteraction, job: Job) -> None:
    await _open(interaction, FormKind.REMIX, str(job.id), Draft.of_job(job), "Remix this clip")


async def _edit(interaction: HorseInteraction, job: Job) -> None:
    await _open(interaction, FormKind.EDIT, str(job.id), Draft.of_job(job), "Edit and try again")


async def _open(interaction: HorseInteraction, kind: FormKind, subject: str, draft: Draft, title: str) -> None:
    await open_form(interaction, clip_form(kind, subject, draft, title, interaction.client.use_cases.offer))


# -- clips -----------------------------------------------------------------------------------------------------------------


def _repeated(action: Action) -> Callable[[HorseInteraction, Job], Awaitable[None]]:
    async def repeat(interaction: HorseInteraction, job: Job) -> None:
        use_cases = interaction.client.use_cases
        member_id, job_id = interaction.user.id, job.id
        if use_cases.repeat.first_press(member_id, job_id, action, interaction.id) is not None:
            await say(interaction, note_page("Already on its way", "You pressed this a moment ago; one clip is being made."))
            return
        make = {
            Action.AGAIN: use_cases.repeat.again,
            Action.FINAL: use_cases.repeat.final,
            Action.RETRY: use_cases.repeat.same,
        }[action]
        booked: Job | None = None
        try:
            clip_input: ClipInput = await make(job_id, id=interaction.id, member_id=member_id, role_ids=roles_of(interaction))
            booked = await book(interaction, clip_input)
        finally:
            if booked is None:
                use_cases.repeat.release_press(member_id, job_id, action)

    return repeat


async def _more(interaction: HorseInteraction, job: Job) -> None:
    left = await _left(interaction) if interaction.user.id == job.member_id else ""
    await replace_page(interaction, job, more_page(job, left, deletes=permissions.may_delete(interaction, job)))


async def _left(interaction: HorseInteraction) -> str:
    """Nothing where they are charged nothing."""
    use_cases = interaction.client.use_cases
    standing = await use_cases.quota.standing(interaction.user.id, roles_of(interaction))
    if standing.exempt or use_cases.prices.free:
        return ""
    return f"You have {wording.left_of(standing, use_cases.policy.window)}, resets {wording.moment(standing.span.end_ms)}."


async def _show_prompt(interaction: HorseInteraction, job: Job) -> None:
    first, *others = blocks(job.request.prompt)
    hidden = unseen(job.request.prompt)
    note = f"-# {hidden:,} {'character' if hidden == 1 else 'characters'} of it can't be seen." if hidden else ""
    title = "**The whole prompt**"
    all_of_it = f"{blocked()} Remix opens a form that holds it."
    plain = Page(layout.BLUE).text(title, all_of_it).buttons(job_button(Action.REMIX, job.id))
    await say(interaction, Page(layout.BLUE).text(title, note).text(first), plain=plain)
    for number, other in enumerate(others, 2):
        await add(interaction, Page(layout.BLUE).text(other), plain=note_page(f"Part {number}", blocked()))


async def _link(interaction: HorseInteraction, job: Job) -> None:
    if job.state is not State.DONE:
        await say(interaction, _no_link(job))
        return
    await wait(interaction, in_private=True)
    link = await interaction.client.use_cases.find.link(job.id)
    if link is None:
        await say(interaction, note_page("No link to give", "The video service does not hand this clip out any more."))
        return
    until = "" if link.expires_at_ms is None else f"It works until {wording.moment(link.expires_at_ms, 't')}."
    await say(interaction, note_page("A fresh link", f"[Watch the clip](<{link.url}>)\n{until}".strip(), layout.GREEN))


def _no_link(job: Job) -> Page:
    """Links come with what was posted, and so charged: an old message may offer one all the same."""
    if job.state is State.UNPOSTED:
        return unposted.page_of(job)
    if job.ended:
        return note_page("No link to give", "This clip was never posted, and was not charged.", layout.AMBER)
    return note_page("Not yet", "There is a link once the clip is posted.")


async def _delete(interaction: HorseInteraction, job: Job) -> None:
    """Asks once; `_erase` does it."""
    if job.address.result_id is None:
        await replace_page(interaction, job, _gone())
        return
    whose = "" if interaction.user.id == job.member_id else f"It is <@{job.member_id}>'s clip. "
    text = f"{whose}Its message goes for everybody and can't be brought back.{_stays_charged(job)}"
    view = note_page("Delete this clip?", text, layout.AMBER)
    await replace_page(
        interaction, job, view.buttons(job_button(Action.ERASE, job.id), job_button(Action.MORE, job.id, "Keep it"))
    )


def _stays_charged(job: Job) -> str:
    return " What it cost stays as it is." if job.charged else ""


def _gone() -> Page:
    return note_page("Already gone", "There is no message of this clip any more.")


async def _erase(interaction: HorseInteraction, job: Job) -> None:
    await hold(interaction, job)
    if job.address.result_id is None:
        await say(interaction, _gone())
        return
    if not await interaction.client.notifier.posted_clips.delete(job):
        await say(interaction, note_page("Not deleted", _kept(job.address), layout.AMBER))
        return
    await say(interaction, note_page("Deleted", f"The clip's message is gone.{_stays_charged(job)}", layout.GREY))


# -- jobs under way --------------------------------------------------------------------------------------------------------


async def _cancel(interaction: HorseInteraction, job: Job) -> None:
    use_cases = interaction.client.use_cases
    await wait(interaction, in_private=True)
    outcome, job = await use_cases.cancel.cancel(job.id, interaction.user.id, moderator=permissions.is_moderator(interaction))
    await say(interaction, _cancelled(outcome, job, own=interaction.user.id == job.member_id))


def _cancelled(outcome: Outcome, job: Job, *, own: bool) -> Page:
    """`own`: said to the job's owner, who pays for a clip that the owner threw away."""
    match outcome:
        case Outcome.FREED:
            return _freed(job)
        case Outcome.REQUESTED:
            if job.preview:
                # What draws it stops when it is told to: there is nothing left to finish.
                return note_page("Stopping it", "The preview is not drawn any further.", layout.GREY)
            later = " If it was billed all the same, the card says so." if job.cost and own else ""
            text = f"The video service was asked to stop it. Should the clip come after all, it is thrown away.{later}"
            return note_page("Stopping it", text, layout.GREY).buttons(job_button(Action.KEEP, job.id))
        case Outcome.ENDED if job.state is State.CANCELLED and not job.charged:
            # The word of the press that cancelled it.
            return _freed(job)
        case Outcome.ENDED if job.state is State.CANCELLED:
            paid = f" It was billed all the same: {wording.credits_of(job.charged or 0)}." if own else ""
            return note_page("Cancelled", f"The clip was thrown away.{paid}", layout.GREY)
        case Outcome.ENDED:
            state = wording.state(job.state).lower()
            return note_page("Nothing left to cancel", f"This clip has come to its end already: {state}.")
        case Outcome.COMMITTED if job.state is State.UNPOSTED:
            return _unposted(job, own=own)
        case Outcome.COMMITTED:
            return _committed(job, own=own)


def _committed(job: Job, *, own: bool) -> Page:
    """What can't be called back. Without a reference the submit is under way, and nobody knows yet whether it is taken."""
    paid = f"it is paid for ({wording.credits_of(job.cost)})" if job.cost and own else "it can't be called back"
    if job.provider_reference is None and not job.preview:
        title, has = "Being handed over", f"The video service is being given this clip. If it takes it, {paid}"
    else:
        title = "Too late to stop it"
        has = "The preview is drawn already" if job.preview else f"The video service has this clip already, so {paid}"
    text = f"{has}. Let it finish, or have it thrown away when it comes."
    if job.cost and not own:
        text += " Thrown away by a moderator, it is not charged."
    return note_page(title, text, layout.AMBER).buttons(job_button(Action.KEEP, job.id), job_button(Action.DISCARD, job.id))


def _freed(job: Job) -> Page:
    return note_page("Cancelled", "Nothing was charged." if job.cost else "It was free anyway.", layout.GREY)


def _unposted(job: Job, *, own: bool) -> Page:
    """Left alone it ends by itself and is free, so that nobody should have to pay for it unseen without knowing."""
    if not own:
        text = "The clip is made and waits for its owner to post it. Thrown away by a moderator, it is not charged."
        return note_page("Made, but not posted", text, layout.AMBER).buttons(job_button(Action.DISCARD, job.id))
    paid = f" Thrown away now, it is charged all the same ({wording.credits_of(job.due)})." if job.due else ""
    view = Page(layout.AMBER).text(f"**{wording.state(job.state)}**", f"{unposted.offer(job)}{paid}")
    return view.buttons(job_button(Action.POST, job.id), job_button(Action.DISCARD, job.id))


def _choice(*, wanted: bool) -> Callable[[HorseInteraction, Job], Awaitable[None]]:
    async def choose(interaction: HorseInteraction, before: Job) -> None:
        await hold(interaction, before)
        use_cases = interaction.client.use_cases
        job = await use_cases.cancel.discard(
            before.id, interaction.user.id, moderator=permissions.is_moderator(interaction), wanted=wanted
        )
        if job.state is State.CANCELLED and not before.ended and not job.charged:
            # It had gone back into line: the press itself has cancelled it.
            await say(interaction, _cancelled(Outcome.FREED, job, own=True))
        elif job.ended:
            came = "it has been posted" if job.state is State.DONE else wording.state(job.state).lower()
            await say(interaction, note_page("It was over already", f"This clip has come to its end: {came}."))
        elif wanted and job.discard:
            await say(interaction, _stays_unwanted(job))
        elif wanted and job.state is State.UNPOSTED:
            await say(interaction, unposted.page_of(job))
        elif wanted:
            # It may have been asked to stop, and may come all the same.
            when = "if it comes after all" if before.discard else "when it is ready"
            await say(interaction, note_page("It goes on", f"The clip will be posted {when}."))
        elif not job.discard:
            text = "The clip is being posted right now; More, then Delete removes it."
            await say(interaction, note_page("Too late for that", text))
        else:
            text = f"The clip will not be posted when it comes.{_charged_for(job)}"
            view = note_page("It will be thrown away", text, layout.GREY)
            await say(interaction, view.buttons(job_button(Action.KEEP, job.id)))

    return choose


def _charged_for(job: Job) -> str:
    """What a clip costs its member that is thrown away when it comes."""
    if not job.cost:
        return ""
    if job.moderated_away:
        return " It is not charged."
    taken = job.provider_reference is not None
    return " It is charged all the same." if taken else " It is charged only if the video service takes it."


def _stays_unwanted(job: Job) -> Page:
    """What one side threw away, the other does not bring back."""
    if not job.moderated_away:
        return note_page("It stays thrown away", "Its owner does not want it, and only they can let it finish.", layout.AMBER)
    text = "A moderator had it thrown away, and only those who moderate can let it finish. It is not charged."
    return note_page("It stays thrown away", text, layout.AMBER)


def _kept(address: Address) -> str:
    if address.private and not address.result_url:
        return "Only you see that message. Dismiss it, and it is gone."
    moderator = " A moderator can." if address.guild_id is not None else ""
    return f"Discord does not let me delete it there.{moderator}"


_WITHOUT_JOB: Final[Mapping[Action, Callable[[HorseInteraction, str], Awaitable[None]]]] = {
    Action.DRAFT: _draft,
    Action.EXAMPLE: _example,
    Action.PAGE: job_list.show_list_page,
}
_ON_JOBS: Final[Mapping[Action, Callable[[HorseInteraction, Job], Awaitable[None]]]] = {
    Action.REMIX: _remix,
    Action.EDIT: _edit,
    Action.AGAIN: _repeated(Action.AGAIN),
    Action.FINAL: _repeated(Action.FINAL),
    Action.RETRY: _repeated(Action.RETRY),
    Action.MORE: _more,
    Action.PROMPT: _show_prompt,
    Action.LINK: _link,
    Action.POST: post_here,
    Action.DELETE: _delete,
    Action.ERASE: _erase,
    Action.CANCEL: _cancel,
    Action.KEEP: _choice(wanted=True),
    Action.DISCARD: _choice(wanted=False),
}
