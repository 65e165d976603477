"""Discord: places and messages that outlive every process, and the wire between them and the bot."""
