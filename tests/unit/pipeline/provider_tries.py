"""One turn of a job at the provider, and a restart, for tests of what holds the line."""


async def tried(world, job):
    """One turn at the provider; what came of it is noted, as a provider's stages do."""
    await world.runner.run(job.id, slot=False)
    step = await world.runner.run(job.id, slot=True)
    await world.stages.holds.note()
    return step


async def restarted(world):
    world.restart()
    world.engine.standing = None
    await world.stages.holds.load()
