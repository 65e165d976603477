"""The checks of this account for `happyhorse doctor`: key, price by a dry run, limits of the models, clips at a time."""

from __future__ import annotations

from typing import Final

from bot.domain import limits
from bot.domain.clip import Aspect, Resolution
from bot.errors import ProviderError, ProviderMisconfigured
from bot.ports import Finding, Severity
from bot.providers.scenario import errors, mapping
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import JobsPage, LimitsAnswer, ModelAnswer, ModelInput, Price

_NAMES: Final = {mapping.TEXT_AND_IMAGE: "Happy Horse 1.1", mapping.REFERENCES: "Happy Horse 1.1 with characters"}


async def check(client: Client) -> list[Finding]:
    """All findings. A check that fails is a finding too; after a refused key no more is asked."""
    try:
        await ping(client)
    except ProviderError as error:
        return [_trouble("Scenario key", error)]
    return [
        Finding("Scenario key", Severity.OK, "accepted"),
        await _price(client),
        *[await _limits(client, model) for model in mapping.MODELS],
        await _ceiling(client),
    ]


async def ping(client: Client) -> None:
    """The cheapest request that needs a key. Raises a `ProviderError`."""
    await client.repeat(JobsPage, "GET", "/jobs", query={"pageSize": 1})


async def _price(client: Client) -> Finding:
    subject = "Scenario dry run"
    body = {"prompt": "A quiet meadow, wind", "duration": limits.DURATION_MIN_SECONDS, "resolution": "720P", "seed": 0}
    try:
        price = await client.repeat(
            Price, "POST", f"/generate/custom/{mapping.TEXT_AND_IMAGE}", query={"dryRun": "true"}, body=body
        )
    except ProviderError as error:
        return _trouble(subject, error)
    if price.creative_units_cost is None:
        return Finding(
            subject, Severity.WARNING, "answered without a price", "Look at what clips cost in the vendor's own pages."
        )
    seconds = limits.DURATION_MIN_SECONDS
    return Finding(subject, Severity.OK, f"{seconds} s at 720P cost {price.creative_units_cost:g} creative units")


async def _limits(client: Client, model: str) -> Finding:
    subject = f"Limits of {_NAMES[model]}"
    try:
        answer = await client.repeat(ModelAnswer, "GET", f"/models/{model}")
    except ProviderError as error:
        return _trouble(subject, error)
    inputs = {each.name: each for each in answer.model.inputs or ()}
    differences = _differences(inputs, mapping.model_inputs(model))
    if not differences:
        return Finding(subject, Severity.OK, "as this bot knows them")
    return Finding(
        subject, Severity.WARNING, "; ".join(differences), "The model has changed: look for a newer version of the bot."
    )


def _differences(inputs: dict[str, ModelInput], wanted: tuple[str, ...]) -> list[str]:
    found = [f"no input {name}" for name in wanted if name not in inputs]
    bounds = (
        ("prompt", "max_length", limits.PROMPT_CHARACTERS),
        ("duration", "min", limits.DURATION_MIN_SECONDS),
        ("duration", "max", limits.DURATION_MAX_SECONDS),
        ("referenceImages", "max_length", limits.REFERENCES_MAX),
        ("seed", "max", limits.SEED_MAX),
    )
    for name, bound, ours in bounds:
        theirs: float | None = getattr(inputs.get(name), bound, None)
        if theirs is not None and theirs != ours:
            found.append(f"{name} {bound} is {theirs:g} there and {ours} here")
    for name, values in (("resolution", list(Resolution)), ("aspectRatio", list(Aspect))):
        allowed = inputs[name].allowed_values if name in inputs else None
        missing = [value for value in values if value not in allowed] if allowed else []
        if missing:
            found.append(f"{name} {', '.join(missing)} is not offered any more")
    return found


async def _ceiling(client: Client) -> Finding:
    subject = "Scenario clips at a time"
    if client.account.team_id is None:
        return Finding(subject, Severity.ADVICE, "not known", "Set scenario.team_id, so that the bot knows your plan's limit.")
    try:
        answer = await client.repeat(LimitsAnswer, "GET", f"/teams/{client.account.team_id}/limits")
    except ProviderError as error:
        return _trouble(subject, error)
    told = answer.limits and answer.limits.parallel_custom_jobs
    plan = errors.clean(answer.plan or "unknown", client.account)
    if told is None:
        return Finding(subject, Severity.ADVICE, f"not said for plan {plan}", "Set provider.parallel to what your plan allows.")
    return Finding(subject, Severity.OK, f"{told} on plan {plan}")


def _trouble(subject: str, error: ProviderError) -> Finding:
    if isinstance(error, ProviderMisconfigured):
        return Finding(
            subject, Severity.ERROR, str(error), "Check the API key, its secret, and the plan and credit of the team."
        )
    return Finding(subject, Severity.ERROR, str(error), "Check the base URL and the network, then try again.")
