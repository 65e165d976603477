"""The double of Scenario: the video provider's API with a bill, on loopback, without an account and without a model.

`double.py` makes it a part of a sandbox. `api.py` and `asset_routes.py` answer, `control.py` lets tests change it, and
`service.py` holds its state: jobs, assets, bill, bends and settings, each in a module of its own.
"""
