"""Compile the translations of the app: the build of the wheel runs this as a hook of hatchling, `make` as a program."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # only the build of the wheel needs it
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent.parent


class CompilingHook(BuildHookInterface):
    """The hook that compiles the translations before files are put into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the translations."""
        compile_all(Path(self.root))


def compile_all(root: Path = ROOT) -> None:
    """Write the compiled file beside each translation."""
    for source in root.glob("statistics_app/locale/*/LC_MESSAGES/django.po"):
        compile_file(source, source.with_suffix(".mo"))


def compile_file(source: Path, compiled: Path) -> None:
    """Write the compiled file of a translation, whole or not at all: others may be reading it."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    new = compiled.with_suffix(".new")
    with new.open("wb") as file:
        write_mo(file, catalogue)
    new.replace(compiled)


if __name__ == "__main__":
    compile_all()
