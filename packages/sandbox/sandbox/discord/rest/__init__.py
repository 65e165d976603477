"""Discord's REST API as a bot calls it: one module for each group of routes. `app.py` puts them together.

`web.py` and `queries.py` are what they share.
"""
