"""Whose code is it? A user's own functions are read and inlined; the standard library's and packages' never."""

from __future__ import annotations

import functools
import sysconfig
import types


@functools.cache
def library_folders() -> tuple[str, ...]:
    """Where the standard library and installed packages lie."""
    paths = sysconfig.get_paths()
    return tuple({paths[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")})


def is_library(fn: types.FunctionType, package: str) -> bool:
    """Is it not the user's own? `package` is the top-level package of the expression that calls it: a project may be
    installed too, so its other packages are asked for by their distribution."""
    top = (fn.__module__ or "").split(".")[0]
    if top == package:
        return False
    file = fn.__code__.co_filename
    if file.startswith("<frozen"):
        return True
    return file.startswith(library_folders()) and not same_distribution(top, package)


@functools.cache
def same_distribution(one: str, other: str) -> bool:
    """Were both top-level packages installed by one distribution?"""
    from importlib.metadata import packages_distributions  # only for calls into installed code: it reads every package

    owners = packages_distributions()
    return bool(set(owners.get(one, ())) & set(owners.get(other, ())))
