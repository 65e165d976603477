"""Runs the whole bot in virtual time, with members, kills and faults at every boundary; all randomness comes from one seed.

Real: `Application` as `bot.wiring` builds it, discord.py down to its HTTP session, httpx down to its transport, the stores with
their migrations and statements. Simulated: Discord and the provider, faults of disk and ffmpeg, clocks, members, kills.

    make simulate SEEDS=10000                     # seeds 1 to 10000 on all cores, faults counted, violations listed
    python -m tests.simulation --seed 17 --trace  # one seed again, everything that crossed a boundary, and the bot's log
    make mutants                                  # every known fault put back, one by one, over up to 600 seeds

One seed: `play.py` draws a `World` (who asks for what, and when which service fails). Lives, which are processes of the bot,
follow each other in it (`lives.py`), until a last one in which the faults end. `invariants.py` checks the result. A seed
replays exactly: nothing reads real time, real randomness or the order of a set, and the database runs on the loop's own thread.

In every fifth seed only one member has trouble (`single_trouble.py`), and nobody else may have to wait for that (`waits.py`).
Some other seeds make a rare situation likely (`kinds.py`). In every sixth two processes run at the same time (`pairs.py`).

To add a fault: name it in `faults.py` with its rate, and call `faults.strikes` where it happens; a test asserts that each fault
happens within its seeds. To add a mutant: an entry in `known_faults.py`, `place_faults.py`,
`shared_faults.py` or `rare_faults.py` with the file, the text as it is and the text to put in its place;
`make mutants MUTANTS=its-name WRITE=1` finds a seed that catches it and notes it; `SEEDS=1000` with it looks further
than the first 600.
"""
