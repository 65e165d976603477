"""No part of the sandbox imports what imports it, directly or over others: each can be read, and used, by itself."""

import grimp


def circle_in(graph):
    """Modules that import each other in a circle, the first that is found; [] where there is none."""
    waiting = {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}
    while free := [name for name, needs in waiting.items() if not needs]:
        for name in free:
            del waiting[name]
        for needs in waiting.values():
            needs.difference_update(free)
    return sorted(waiting)


def test_no_module_of_the_sandbox_is_in_a_circle_of_imports():
    graph = grimp.build_graph("sandbox", cache_dir=None)
    assert len(graph.modules) > 100
    assert circle_in(graph) == []


def test_a_circle_is_found():
    graph = grimp.ImportGraph()
    for importer, imported in (("a", "b"), ("b", "c"), ("c", "a")):
        graph.add_import(importer=importer, imported=imported)
    assert circle_in(graph) == ["a", "b", "c"]
