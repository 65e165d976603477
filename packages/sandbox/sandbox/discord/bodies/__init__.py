"""The bodies of a bot's requests and frames as pydantic models: `reading.py` reads them, the others are what they may hold."""
