"""Draws preview clips (animatics) from a prompt and pictures on this machine, so that members can try ideas for free."""
