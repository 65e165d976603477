"""The double of Scenario: the video provider's API with a bill, on loopback, without an account and without a model."""
