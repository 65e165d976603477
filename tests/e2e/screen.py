"""What a member sees in Discord's channels, and how often they were pinged; `Member` has one."""

from tests.e2e.waiting import until


class Screen:
    def __init__(self, member):
        self._member = member

    def channel(self, channel):
        return self._member.sandbox.get("/messages", **{"as": self._member.name, "channel": channel})["messages"]

    def everywhere(self):
        """Every message that the member sees, with its channel's `type`."""
        channels = self._member.sandbox.get("/messages", **{"as": self._member.name})["channels"]
        return [{**message, "place": one["type"]} for one in channels for message in one["messages"]]

    def message(self, channel, message_id):
        return next(one for one in self.channel(channel) if one["id"] == str(message_id))

    def progress(self, job):
        """Wait for the progress message in the job's thread, and return it."""

        def there():
            row = self._member.bot.books.job(job)
            return row if row and row["progress_id"] else None

        row = until(there, self._member.bot.log)
        return self.message(str(row["thread_id"]), row["progress_id"])

    def card(self, job):
        row = self._member.bot.books.job(job)
        return self.message(str(row["channel_id"]), row["card_id"])

    def pings(self):
        return next(one for one in self._member.sandbox.get("/state")["members"] if one["id"] == self._member.id)["pings"]
