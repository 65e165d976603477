"""A provider that draws preview clips on this machine, free of charge, so that everything works without an account."""
