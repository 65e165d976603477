"""The simulated Discord: channels and messages that survive every process, and the connection between them and the bot."""
