"""The control API under `/_sandbox`, by which tests and the page drive a sandbox: one module for each group of routes.

`server.py` mounts them; `base.py` and `asked.py` are what they share.
"""
