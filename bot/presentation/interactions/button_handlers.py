"""What a press of each button does: it calls a use case and answers with a page. The cog `interactions` and
`going_on` call `press`.

`permissions` first decides whether the member may press. The function of a button is called only then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.domain.examples import EXAMPLES
from bot.domain.job import Address, Job
from bot.errors import Gone
from bot.ports import Outcome
from bot.presentation.interactions import clip_list, job_list, permissions
from bot.presentation.interactions.asked import Pressed, settle, write_down
from bot.presentation.interactions.booking import book
from bot.presentation.interactions.context import roles_of
from bot.presentation.interactions.fresh_link import fresh_link
from bot.presentation.interactions.post_here import post_here
from bot.presentation.interactions.responses import HorseInteraction, add, hold, open_form, replace_page, say, wait
from bot.presentation.interactions.use_this_one import use_this_one
from bot.presentation.views import layout, wording
from bot.presentation.views.asked_prompt import asked_prompt
from bot.presentation.views.buttons import BUTTONS, job_button
from bot.presentation.views.cancel_pages import cancel_page, choice_page
from bot.presentation.views.cancel_several import all_cancelled, choice_of_clips
from bot.presentation.views.clip_message import more_page
from bot.presentation.views.confirm_page import confirmed_page
from bot.presentation.views.custom_ids import Action, FormKind, number_in
from bot.presentation.views.error_pages import blocked, note_page
from bot.presentation.views.escaping import blocks, unseen
from bot.presentation.views.layout import Page, paragraph
from bot.presentation.views.modals import clip_form
from bot.presentation.views.translations import _, ngettext, number
from bot.services.clip_input import Draft


async def press(interaction: HorseInteraction, action: Action, subject: str) -> None:
    """Raises the errors of permissions and use cases; `error_handler` words them."""
    if action in _WITHOUT_JOB:
        await _WITHOUT_JOB[action](interaction, subject)
    else:
        await _ON_JOBS[action](interaction, await permissions.admitted(interaction, BUTTONS[action].may, subject))


def _written(
    action: Action, act: Callable[[HorseInteraction, Job], Awaitable[None]]
) -> Callable[[HorseInteraction, Job], Awaitable[None]]:
    """`act`, for a press that does something: it is written down before its first answer, and its outcome afterwards."""

    async def written(interaction: HorseInteraction, job: Job) -> None:
        await write_down(interaction, Pressed(action, str(job.id)), private=True)
        await act(interaction, job)
        await settle(interaction, Outcome.ANSWERED)

    return written


# -- forms: a form must be the first answer, within 3 s, so nothing slow may come before it -----------------------------------


async def _draft(interaction: HorseInteraction, subject: str) -> None:
    draft = await interaction.client.use_cases.repeat.draft(number_in(subject), interaction.user.id)
    await _open(interaction, FormKind.DRAFT, subject, draft, _("Edit and try again"))


async def _example(interaction: HorseInteraction, subject: str) -> None:
    example = next((each for each in EXAMPLES if each.key == subject), None)
    if example is None:
        msg = f"no example {subject}"
        raise Gone(msg)
    await _open(interaction, FormKind.EXAMPLE, subject, Draft(example.raw), _("Try an example"))


async def _remix(interaction: HorseInteraction, job: Job) -> None:
    await _open(interaction, FormKind.REMIX, str(job.id), Draft.of_job(job), _("Remix this clip"))


async def _remix_all(interaction: HorseInteraction, job: Job) -> None:
    """Opens a form for the whole order of the job: with its takes, and the prompt as it was typed."""
    jobs = await _of_order(interaction, job)
    draft, typed = Draft.of_job(jobs[0]), asked_prompt(jobs)
    prompt = draft.raw.prompt if typed == jobs[0].request.prompt else typed
    draft = replace(draft, raw=replace(draft.raw, prompt=prompt, takes=max(each.take for each in jobs) or None))
    await _open(interaction, FormKind.REMIX, str(jobs[0].id), draft, _("Remix these clips"))


async def _of_order(interaction: HorseInteraction, job: Job) -> list[Job]:
    """All jobs of the job's order. Raises as `admitted` where the safety check refused the prompt of one: then only their owner
    may read what was typed for all of them.
    """
    jobs = await interaction.client.use_cases.find.of_order(job)
    for each in jobs:
        if each.hides_prompt:
            await permissions.admitted(interaction, BUTTONS[Action.REMIX_ALL].may, str(each.id))
    return jobs


async def _edit(interaction: HorseInteraction, job: Job) -> None:
    await _open(interaction, FormKind.EDIT, str(job.id), Draft.of_job(job), _("Edit and try again"))


async def _open(interaction: HorseInteraction, kind: FormKind, subject: str, draft: Draft, title: str) -> None:
    await open_form(interaction, clip_form(kind, subject, draft, title, interaction.client.use_cases.offer))


# -- orders of several clips ---------------------------------------------------------------------------------------------------


async def _confirm(interaction: HorseInteraction, subject: str) -> None:
    """Books what its member was asked to confirm. Whoever confirmed it already is told what came of that."""
    repeat, draft_id = interaction.client.use_cases.repeat, number_in(subject)
    before = await repeat.confirmed_before(draft_id, interaction.user.id)
    if before is not None:
        await replace_page(interaction, None, confirmed_page(before))
        return
    yes = await repeat.confirmed(draft_id, id=interaction.id, member_id=interaction.user.id, role_ids=roles_of(interaction))
    await book(interaction, yes, press=f"{Action.CONFIRM}:{draft_id}")


# -- clips -----------------------------------------------------------------------------------------------------------------


def _repeated(action: Action) -> Callable[[HorseInteraction, Job], Awaitable[None]]:
    async def repeat(interaction: HorseInteraction, job: Job) -> None:
        use_cases = interaction.client.use_cases
        make = {
            Action.AGAIN: use_cases.repeat.again,
            Action.FINAL: use_cases.repeat.final,
            Action.RETRY: use_cases.repeat.same,
            Action.TAKES: use_cases.repeat.more_takes,
        }[action]
        clip_input = await make(job.id, id=interaction.id, member_id=interaction.user.id, role_ids=roles_of(interaction))
        await book(interaction, clip_input, press=f"{action}:{job.id}")

    return repeat


async def _more(interaction: HorseInteraction, job: Job) -> None:
    own = interaction.user.id == job.member_id
    left = await _left(interaction) if own else ""
    await replace_page(interaction, job, more_page(job, left, deletes=permissions.may_delete(interaction, job), marks=own))


def _marked(*, favourite: bool) -> Callable[[HorseInteraction, Job], Awaitable[None]]:
    async def mark(interaction: HorseInteraction, job: Job) -> None:
        await _more(interaction, await interaction.client.use_cases.browse.mark(job, favourite=favourite))

    return mark


async def _left(interaction: HorseInteraction) -> str:
    """Says how many credits the member has left; "" for one who is not charged."""
    use_cases = interaction.client.use_cases
    standing = await use_cases.quota.standing(interaction.user.id, roles_of(interaction))
    if standing.exempt or use_cases.prices.free:
        return ""
    left, resets = wording.left_of(standing, use_cases.policy.window), wording.moment(standing.span.end_ms)
    # Translators: {left} is such as "210 of 300 credits left today", {moment} such as "in 5 hours".
    return _("You have {left}, resets {moment}.").format(left=left, moment=resets)


async def _show_prompt(interaction: HorseInteraction, job: Job) -> None:
    prompt, remix = job.request.prompt, Action.REMIX
    if job.order_size > 1 and interaction.message is not None and interaction.message.id == job.address.card_id:
        # On a board: what all its clips were asked for with.
        prompt, remix = asked_prompt(await _of_order(interaction, job)), Action.REMIX_ALL
    first, *others = blocks(prompt)
    hidden = unseen(prompt)
    unseen_part = ngettext("{count} character of it can't be seen.", "{count} characters of it can't be seen.", hidden)
    note = f"-# {unseen_part.format(count=number(hidden))}" if hidden else ""
    title = _("The whole prompt")
    all_of_it = paragraph(blocked(), _("Remix opens a form that holds it."))
    plain = note_page(title, all_of_it).buttons(job_button(remix, job.id))
    await say(interaction, note_page(title, note).text(first), plain=plain)
    for part, other in enumerate(others, 2):
        named = _("Part {number}").format(number=number(part))
        await add(interaction, Page(layout.BLUE).text(other), plain=note_page(named, blocked()))


async def _delete(interaction: HorseInteraction, job: Job) -> None:
    """Asks whether to delete it; a press of "Delete it" then calls `_erase`."""
    if job.address.result_id is None:
        await replace_page(interaction, job, _gone())
        return
    whose = ""
    if interaction.user.id != job.member_id:
        whose = _("It is {member}'s clip.").format(member=f"<@{job.member_id}>")
    text = paragraph(whose, _("Its message goes for everybody and can't be brought back."), _stays_charged(job))
    view = note_page(_("Delete this clip?"), text, layout.AMBER)
    await replace_page(
        interaction, job, view.buttons(job_button(Action.ERASE, job.id), job_button(Action.MORE, job.id, _("Keep it")))
    )


def _stays_charged(job: Job) -> str:
    return _("What it cost stays as it is.") if job.charged else ""


def _gone() -> Page:
    return note_page(_("Already gone"), _("There is no message of this clip any more."))


async def _erase(interaction: HorseInteraction, job: Job) -> None:
    await hold(interaction, job)
    if job.address.result_id is None:
        await say(interaction, _gone())
        return
    await interaction.client.use_cases.delete.file(job)
    if not await interaction.client.notifier.posted_clips.delete(job):
        await say(interaction, note_page(_("Not deleted"), _kept(job.address), layout.AMBER))
        return
    text = paragraph(_("The clip's message is gone."), _stays_charged(job))
    await say(interaction, note_page(_("Deleted"), text, layout.GREY))


# -- jobs under way --------------------------------------------------------------------------------------------------------


async def _cancel(interaction: HorseInteraction, job: Job) -> None:
    use_cases = interaction.client.use_cases
    await wait(interaction, in_private=True)
    outcome, job = await use_cases.cancel.cancel(job.id, interaction.user.id, moderator=permissions.is_moderator(interaction))
    await say(interaction, cancel_page(outcome, job, own=interaction.user.id == job.member_id))


async def _choose(interaction: HorseInteraction, job: Job) -> None:
    await say(interaction, choice_of_clips(await interaction.client.use_cases.find.of_order(job)))


async def _cancel_all(interaction: HorseInteraction, job: Job) -> None:
    cancel = interaction.client.use_cases.cancel
    await wait(interaction, in_private=True)
    came = await cancel.cancel_all(job.id, interaction.user.id, moderator=permissions.is_moderator(interaction))
    await say(interaction, all_cancelled(came, own=interaction.user.id == job.member_id))


def _choice(*, wanted: bool) -> Callable[[HorseInteraction, Job], Awaitable[None]]:
    async def choose(interaction: HorseInteraction, before: Job) -> None:
        await hold(interaction, before)
        use_cases = interaction.client.use_cases
        job = await use_cases.cancel.discard(
            before.id, interaction.user.id, moderator=permissions.is_moderator(interaction), wanted=wanted
        )
        await say(interaction, choice_page(before, job, wanted=wanted))

    return choose


def _kept(address: Address) -> str:
    """Says why the clip's message could not be deleted."""
    if address.private and not address.result_url:
        return _("Only you see that message. Dismiss it, and it is gone.")
    moderator = _("A moderator can.") if address.guild_id is not None else ""
    return paragraph(_("Discord does not let me delete it there."), moderator)


_WITHOUT_JOB: Final[Mapping[Action, Callable[[HorseInteraction, str], Awaitable[None]]]] = {
    Action.DRAFT: _draft,
    Action.CONFIRM: _confirm,
    Action.EXAMPLE: _example,
    Action.PAGE: job_list.show_list_page,
    Action.CLIPS: clip_list.show_found_page,
}
_ON_JOBS: Final[Mapping[Action, Callable[[HorseInteraction, Job], Awaitable[None]]]] = {
    Action.REMIX: _remix,
    Action.REMIX_ALL: _remix_all,
    Action.EDIT: _edit,
    Action.AGAIN: _repeated(Action.AGAIN),
    Action.FINAL: _repeated(Action.FINAL),
    Action.RETRY: _repeated(Action.RETRY),
    Action.TAKES: _repeated(Action.TAKES),
    Action.MORE: _more,
    Action.USE: _written(Action.USE, use_this_one),
    Action.ORDER: job_list.show_order,
    Action.OPEN: clip_list.open_clip,
    Action.MARK: _marked(favourite=True),
    Action.UNMARK: _marked(favourite=False),
    Action.PROMPT: _show_prompt,
    Action.LINK: fresh_link,
    Action.POST: _written(Action.POST, post_here),
    Action.DELETE: _delete,
    Action.ERASE: _written(Action.ERASE, _erase),
    Action.CANCEL: _written(Action.CANCEL, _cancel),
    Action.CHOOSE: _choose,
    Action.ALL: _written(Action.ALL, _cancel_all),
    Action.KEEP: _written(Action.KEEP, _choice(wanted=True)),
    Action.DISCARD: _written(Action.DISCARD, _choice(wanted=False)),
}
