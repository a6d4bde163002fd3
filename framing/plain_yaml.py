"""YAML of people nobody knows: nothing in it is run or built, and a few lines cannot become millions."""

from __future__ import annotations

import yaml


class NoAliasLoader(yaml.SafeLoader):
    """Reads no aliases. In Python: the loader in C can crash the interpreter on deep nesting."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node, unless it is an alias. Raises `MarkedYAMLError` for one."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            problem = "aliases (*name) are not read; write out what they stand for"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        return super().compose_node(parent, index)
