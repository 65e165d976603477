"""A member's allowance by their roles: in a server by the roles there, in a direct message by the roles last seen."""

import pytest

from bot.domain.quota import Policy, bounds_for
from bot.errors import QuotaRefused, RequestRefused
from bot.services.allowances import Allowances
from tests.factories import an_address, storage_error
from tests.fakes import ManualClock
from tests.unit.services.test_request_clip import a_clip_input

BARRED, DOUBLE, PLAIN = 1, 2, 3
POLICY = Policy(allowance=100, role_multipliers={BARRED: 0.0, DOUBLE: 2.0}, exempt_members=frozenset({9}))


class Kept:
    """Keeps multipliers in memory and counts the calls; while `broken` it raises `StorageError`."""

    def __init__(self):
        self.by_member, self.reads, self.writes, self.broken = {}, 0, 0, False

    async def last(self, member_id):
        self.reads += 1
        return self.by_member.get(member_id)

    async def remember(self, member_id, multiplier, at_ms):
        if self.broken:
            raise storage_error("the disk is full")
        self.writes += 1
        self.by_member[member_id] = multiplier


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def allowances(kept):
    return Allowances(POLICY, kept, ManualClock())


@pytest.mark.parametrize(
    ("seen", "here", "credits"),
    [
        ((), None, 100),
        ((), frozenset(), 100),
        ((), frozenset({BARRED}), 0),
        ((), frozenset({BARRED, DOUBLE}), 200),
        ((frozenset({BARRED}),), None, 0),
        ((frozenset({DOUBLE}),), None, 200),
        ((frozenset({BARRED}), frozenset({PLAIN})), None, 100),
        ((frozenset({BARRED}), frozenset()), None, 100),
        ((frozenset({BARRED}), None), None, 0),
        ((frozenset({DOUBLE}),), frozenset({BARRED}), 0),
    ],
)
async def test_the_roles_of_a_server_count_there_and_the_last_seen_ones_elsewhere(allowances, seen, here, credits):
    for roles in seen:
        await allowances.see(7, roles)
    assert await allowances.credits(7, here) == credits
    assert await allowances.credits(8, None) == 100


async def test_what_did_not_change_is_not_written_again(allowances, kept):
    for roles in (frozenset({BARRED}), frozenset({BARRED, PLAIN}), None, frozenset({BARRED})):
        await allowances.see(7, roles)
    assert kept.writes == 1


async def test_without_multipliers_in_the_configuration_nothing_is_read_or_written(kept):
    allowances = Allowances(Policy(allowance=100), kept, ManualClock())
    await allowances.see(7, frozenset({BARRED}))
    assert await allowances.credits(7, None) == await allowances.credits(7, frozenset({BARRED})) == 100
    assert (kept.reads, kept.writes) == (0, 0)


async def test_a_storage_error_keeps_no_member_from_their_answer(allowances, kept):
    kept.broken = True
    await allowances.see(7, frozenset({BARRED}))
    kept.broken = False
    await allowances.see(7, frozenset({BARRED}))
    assert await allowances.credits(7, None) == 0


@pytest.fixture
def barring(use_cases):
    use_cases.request.policy.role_multipliers[BARRED] = 0.0
    return use_cases


async def test_a_member_whom_a_role_bars_in_the_server_is_barred_in_direct_messages_too(barring):
    roles = frozenset({BARRED})
    with pytest.raises(QuotaRefused):
        await barring.request.book(a_clip_input(1, role_ids=roles), an_address())
    with pytest.raises(QuotaRefused) as refused:
        await barring.request.book(a_clip_input(2, role_ids=None), an_address(guild_id=None))
    assert refused.value.crossed[0].limit == 0
    # Seen without the role, the member has the usual allowance again.
    assert await barring.request.book(a_clip_input(3, role_ids=frozenset(), resolution="720P"), an_address())
    assert await barring.request.book(a_clip_input(4, role_ids=None, resolution="720P"), an_address(guild_id=None))


async def test_a_request_that_is_wrong_is_remembered_as_well(barring):
    with pytest.raises(RequestRefused):
        await barring.request.book(a_clip_input(1, role_ids=frozenset({BARRED}), duration=99), an_address())
    with pytest.raises(QuotaRefused):
        await barring.request.book(a_clip_input(2, role_ids=None), an_address(guild_id=None))


async def test_an_exempt_member_has_no_limit_and_is_seen_all_the_same(allowances, kept):
    await allowances.see(9, frozenset({BARRED}))
    assert bounds_for(POLICY, 9, await allowances.multiplier(9, None), 0).member_credits is None
    assert kept.by_member == {9: 0.0}
