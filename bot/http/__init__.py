"""What is fetched over HTTP for no vendor in particular."""
