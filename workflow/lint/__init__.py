"""Lints Amazon States Language that nobody here wrote: JSON in, problems with their places in the file out.

Beside the language, not part of it: it reads definitions, not graphs, and knows both query languages.
"""

from .linting import lint_file, lint_text

__all__ = ["lint_file", "lint_text"]
