"""A Scenario of our own: the video provider's API with a bill, on loopback, without an account and without a model."""
