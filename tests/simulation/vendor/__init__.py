"""The simulated provider: one team's account, its answers with odd values, and the connection between it and the bot."""
