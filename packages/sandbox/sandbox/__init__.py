"""A Discord on loopback, and doubles of vendors beside it, for trying and testing a bot. See the package's README."""
