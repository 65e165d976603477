"""What the provider's check tells the doctor about the account."""

from bot.ports import Check, Difference, FindingCode, Severity
from bot.providers.scenario import Account, ScenarioProvider
from sandbox.scenario import models


def worst(findings):
    return {f.check: f.severity for f in findings if f.severity is not Severity.OK}


async def test_a_healthy_account_is_all_fine_and_costs_nothing(served, provider):
    findings = await provider.availability.check()
    assert worst(findings) == {}
    assert any((f.check, f.figures) == (Check.DRY_RUN, (3, 42)) for f in findings)
    assert served.scenario.bill()["total"] == 0


async def test_a_bad_key_is_one_error_with_a_remedy(served, clock):
    async with ScenarioProvider(Account("x", "y", base_url=served.url), clock) as provider:
        (finding,) = await provider.availability.check()
    assert (finding.severity, finding.code) == (Severity.ERROR, FindingCode.REFUSED)


async def test_an_unreachable_vendor_is_a_finding_not_a_crash(clock, unused_tcp_port):
    account = Account("x", "y", base_url=f"http://127.0.0.1:{unused_tcp_port}")
    async with ScenarioProvider(account, clock) as provider:
        (finding,) = await provider.availability.check()
    assert (finding.severity, finding.code) == (Severity.ERROR, FindingCode.UNREACHED)


async def test_without_a_team_the_ceiling_is_only_advised_about(served, clock):
    account = Account("sandbox-key", "sandbox-secret", base_url=served.url)
    async with ScenarioProvider(account, clock) as provider:
        assert worst(await provider.availability.check()) == {Check.CEILING: Severity.ADVICE}
        assert await provider.availability.capacity() is None


async def test_a_model_that_changed_is_named(provider, monkeypatch):
    changed = [{**i, **({"max": 10} if i["name"] == "duration" else {})} for i in models.INPUTS[models.TEXT_AND_IMAGE]]
    changed = [i for i in changed if i["name"] != "seed"]
    monkeypatch.setitem(models.INPUTS, models.TEXT_AND_IMAGE, tuple(changed))
    found = {f.model: f for f in await provider.availability.check()}["Happy Horse 1.1"]
    assert found.severity is Severity.WARNING
    assert found.differences == (Difference("seed"), Difference("duration", "max", 10, 15))
