"""What we measure, one script per figure; `python -m bench` runs them and prints one table."""
