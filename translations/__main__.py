"""Bring the files of translations up to date with the texts of the app, and compile them."""

from .catalogues import translations, update
from .compiling import compile_all

for path in translations():
    update(path)
compile_all()
