"""The command line, `python -m sandbox COMMAND`: `main.py` reads the line, the others do what it says."""
