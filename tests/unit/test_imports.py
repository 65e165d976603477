"""No import cycles. import-linter checks the layers, which are in pyproject.toml."""

import grimp


def test_no_module_imports_itself_through_others():
    """Imports that are only for type checking count too."""
    graph = grimp.build_graph("bot", "cogs", "sandbox")
    below = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    while leaves := [module for module, imported in below.items() if not imported & below.keys()]:
        for module in leaves:
            del below[module]
    # Every module that remains is part of a cycle, or imports one that is.
    assert sorted(below) == []
