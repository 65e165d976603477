"""Runs a job once at the provider, and restarts the process, for tests of a provider that takes no clips."""


async def tried(world, job):
    """Runs the job once with a slot, and records the result as the provider's stages do."""
    await world.runner.run(job.id, slot=False)
    step = await world.runner.run(job.id, slot=True)
    await world.stages.holds.note()
    return step


async def restarted(world):
    world.restart()
    world.engine.standing = None
    await world.stages.holds.load(())
