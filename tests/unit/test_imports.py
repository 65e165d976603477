"""How modules may import each other. The layers stand in pyproject.toml, where import-linter holds them."""

import grimp


def test_no_module_imports_itself_by_a_detour():
    """Imports for type checking alone count too: who names a type must be above what it is a type of."""
    graph = grimp.build_graph("bot", "cogs", "sandbox")
    below = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    while leaves := [module for module, imported in below.items() if not imported & below.keys()]:
        for module in leaves:
            del below[module]
    # What is left imports something that imports it, or stands above such modules.
    assert sorted(below) == []
