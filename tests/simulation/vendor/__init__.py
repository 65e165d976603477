"""The provider: one team's account, its answers and their oddities, and the wire between it and the bot."""
