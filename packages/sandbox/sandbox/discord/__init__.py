"""The Discord of a sandbox. `state.py` holds all that it remembers, `rest` and `gateway.py` serve bots, `cdn.py` files.

The control API makes members act in it (`member_actions.py`). `server.py` puts all of it together.
"""
