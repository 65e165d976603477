"""Permissions computed from roles and overwrites, in Discord's order."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.discord import permissions as may

GUILD, ROLE, OTHER, USER = "1", "2", "3", "4"
BITS = st.integers(0, (1 << 53) - 1)


def granted(base, *overwrites):
    return may.in_channel(base, list(overwrites), guild_id=GUILD, role_ids=[ROLE, OTHER], user_id=USER)


def overwrite(target, allow=0, deny=0):
    return {"id": target, "allow": str(allow), "deny": str(deny)}


def test_a_member_overwrite_beats_roles_and_roles_beat_everyone():
    base = may.VIEW_CHANNEL
    everyone = overwrite(GUILD, allow=may.SEND_MESSAGES)
    role = overwrite(ROLE, deny=may.SEND_MESSAGES)
    assert granted(base, everyone) & may.SEND_MESSAGES
    assert not granted(base, everyone, role) & may.SEND_MESSAGES
    assert granted(base, everyone, role, overwrite(USER, allow=may.SEND_MESSAGES)) & may.SEND_MESSAGES


def test_what_one_role_allows_another_cannot_deny():
    allow, deny = overwrite(ROLE, allow=may.SEND_MESSAGES), overwrite(OTHER, deny=may.SEND_MESSAGES)
    assert granted(may.VIEW_CHANNEL, allow, deny) & may.SEND_MESSAGES


def test_without_speech_there_are_no_files():
    assert not granted(may.VIEW_CHANNEL | may.ATTACH_FILES) & may.ATTACH_FILES


@given(base=BITS, allow=BITS)
def test_who_does_not_see_a_channel_can_do_nothing_there(base, allow):
    base &= ~may.ADMINISTRATOR
    assert granted(base, overwrite(USER, allow=allow, deny=0), overwrite(GUILD)) == 0 or (base | allow) & may.VIEW_CHANNEL


@given(deny=BITS)
def test_an_administrator_is_stopped_by_nothing(deny):
    assert granted(may.ADMINISTRATOR, overwrite(USER, deny=deny)) == may.ALL
