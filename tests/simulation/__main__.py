"""`python -m tests.simulation`: one seed again, or many on all cores."""

from tests.simulation.run import main

if __name__ == "__main__":
    raise SystemExit(main())
