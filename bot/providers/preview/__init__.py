"""Clips made on this machine, for nothing: a provider like the others, so that the whole road works without an account."""
