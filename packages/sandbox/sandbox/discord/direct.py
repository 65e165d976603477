"""Direct messages of a world: the bot's with each member, and those between members. `world.py` holds one."""

from sandbox.discord.channels import DM, GROUP, Channel
from sandbox.discord.ids import Snowflakes
from sandbox.discord.members import Member, User

MOST_IN_DM = 2


class DirectMessages:
    def __init__(self, ids: Snowflakes, channels: dict[str, Channel], users: dict[str, User]) -> None:
        """`channels` and `users` are the world's own dictionaries, not copies."""
        self._ids = ids
        self._channels = channels
        self._users = users

    def of(self, user_id: str) -> Channel | None:
        """The bot's DM with that user, who may have left, if it was ever opened."""
        return next((one for one in self._channels.values() if one.recipient and one.recipient["id"] == user_id), None)

    def opened(self, user_id: str) -> Channel:
        """The bot's DM with that user, opened if need be."""
        if channel := self.of(user_id):
            return channel
        user = self._users[user_id]
        channel = Channel(self._ids.next(), DM, user.username, recipient=user.payload())
        self._channels[channel.id] = channel
        return channel

    def add_group(self, name: str, people: list[Member]) -> Channel:
        """A direct message between two members, or a group of more; the bot is in neither."""
        users = [one.user.payload() for one in people]
        kind = DM if len(people) == MOST_IN_DM else GROUP
        channel = Channel(self._ids.next(), kind, name, group=users)
        self._channels[channel.id] = channel
        return channel
