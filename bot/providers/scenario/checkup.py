"""The checks of this account for `happyhorse doctor`: key, price by a dry run, limits of the models, clips at a time.
`ScenarioAvailability` calls it.
"""

from __future__ import annotations

from typing import Final

from bot.domain import limits
from bot.domain.clip import Aspect, Resolution
from bot.errors import ProviderError, ProviderMisconfigured
from bot.ports import Check, Difference, FindingCode, ProviderFinding, Severity
from bot.providers.scenario import errors, mapping
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import JobsPage, LimitsAnswer, ModelAnswer, ModelInput, Price

_NAMES: Final = {mapping.TEXT_AND_IMAGE: "Happy Horse 1.1", mapping.REFERENCES: "Happy Horse 1.1 with characters"}


async def check(client: Client) -> list[ProviderFinding]:
    """All findings. A check that fails is a finding too; after a refused key no more is asked."""
    try:
        await ping(client)
    except ProviderError as error:
        return [_trouble(Check.KEY, error)]
    return [
        ProviderFinding(Check.KEY, FindingCode.FINE, Severity.OK),
        await _price(client),
        *[await _limits(client, model) for model in mapping.MODELS],
        await _ceiling(client),
    ]


async def ping(client: Client) -> None:
    """The cheapest request that needs a key. Raises a `ProviderError`."""
    await client.repeat(JobsPage, "GET", "/jobs", query={"pageSize": 1})


async def _price(client: Client) -> ProviderFinding:
    body = {"prompt": "A quiet meadow, wind", "duration": limits.DURATION_MIN_SECONDS, "resolution": "720P", "seed": 0}
    try:
        price = await client.repeat(
            Price, "POST", f"/generate/custom/{mapping.TEXT_AND_IMAGE}", query={"dryRun": "true"}, body=body
        )
    except ProviderError as error:
        return _trouble(Check.DRY_RUN, error)
    if price.creative_units_cost is None:
        return ProviderFinding(Check.DRY_RUN, FindingCode.UNPRICED, Severity.WARNING)
    figures = (limits.DURATION_MIN_SECONDS, price.creative_units_cost)
    return ProviderFinding(Check.DRY_RUN, FindingCode.FINE, Severity.OK, figures)


async def _limits(client: Client, model: str) -> ProviderFinding:
    name = _NAMES[model]
    try:
        answer = await client.repeat(ModelAnswer, "GET", f"/models/{model}")
    except ProviderError as error:
        return _trouble(Check.LIMITS, error, name)
    inputs = {each.name: each for each in answer.model.inputs or ()}
    differences = _differences(inputs, mapping.model_inputs(model))
    if not differences:
        return ProviderFinding(Check.LIMITS, FindingCode.FINE, Severity.OK, model=name)
    return ProviderFinding(Check.LIMITS, FindingCode.CHANGED, Severity.WARNING, model=name, differences=tuple(differences))


def _differences(inputs: dict[str, ModelInput], wanted: tuple[str, ...]) -> list[Difference]:
    found = [Difference(name) for name in wanted if name not in inputs]
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
            found.append(Difference(name, bound, theirs, ours))
    for name, values in (("resolution", list(Resolution)), ("aspectRatio", list(Aspect))):
        allowed = inputs[name].allowed_values if name in inputs else None
        missing = tuple(value.value for value in values if value not in allowed) if allowed else ()
        if missing:
            found.append(Difference(name, missing=missing))
    return found


async def _ceiling(client: Client) -> ProviderFinding:
    if client.account.team_id is None:
        return ProviderFinding(Check.CEILING, FindingCode.NOT_ASKED, Severity.ADVICE)
    try:
        answer = await client.repeat(LimitsAnswer, "GET", f"/teams/{client.account.team_id}/limits")
    except ProviderError as error:
        return _trouble(Check.CEILING, error)
    told = answer.limits and answer.limits.parallel_custom_jobs
    plan = errors.clean(answer.plan or "unknown", client.account)
    if told is None:
        return ProviderFinding(Check.CEILING, FindingCode.NOT_SAID, Severity.ADVICE, (plan,))
    return ProviderFinding(Check.CEILING, FindingCode.FINE, Severity.OK, (told, plan))


def _trouble(check: Check, error: ProviderError, model: str = "") -> ProviderFinding:
    refused = isinstance(error, ProviderMisconfigured)
    code = FindingCode.REFUSED if refused else FindingCode.UNREACHED
    return ProviderFinding(check, code, Severity.ERROR, model=model, detail=error.reason)
