"""HTTP downloads that belong to no vendor."""
