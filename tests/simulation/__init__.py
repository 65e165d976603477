"""The whole bot in virtual time, with members, kills and trouble at every boundary; every draw comes from one seed.

Real here: `Application` as the composition root wires it, discord.py above its HTTP session, httpx above its transport, the
stores with their migrations and statements. Simulated: the two services, the disk's and ffmpeg's moods, clocks, members, kills.

    make simulate SEEDS=10000                     # seeds 1 to 10000 on all cores, faults counted, violations listed
    python -m tests.simulation --seed 17 --trace  # one seed again, everything that crossed a boundary, and the bot's log
    make mutants                                  # every known fault put back, one by one, over up to 300 seeds

One seed: `play.py` draws a `World` (who asks for what, which services are in trouble when), lives follow each other in it
(`lives.py`) until a last one in which the faults come to an end, and `invariants.py` judges what came of it. A seed replays
exactly: nothing looks at real time, real randomness or the order of a set, and the database runs on the loop's own thread.

Every fifth seed is of another kind: all trouble is one member's (`single_trouble.py`), and nobody else may notice (`waits.py`).
Some others bring a rare situation about (`kinds.py`).

To add a fault: name it in `faults.py` with its rate, and ask `faults.strikes` for it where it bites; that it strikes within
the seeds of the tests is asserted for all of them. To add a mutant: an entry in `known_faults.py`, `place_faults.py`,
`shared_faults.py` or `rare_faults.py` with the file, the text as it is and the text to put in its place;
`make mutants MUTANTS=its-name WRITE=1` finds a seed that catches it and notes it.
"""
