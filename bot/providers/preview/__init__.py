"""Clips made on this machine, for nothing: a provider like the others, so that everything works without an account."""
