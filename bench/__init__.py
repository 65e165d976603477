"""Benchmarks, one script for each group of figures. `python -m bench` runs them and prints one table."""
