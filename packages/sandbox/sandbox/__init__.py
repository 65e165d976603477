"""A Discord and a Scenario on loopback, for trying and testing a bot. See README.md beside this file."""
