"""LightGBM's own library, called without its Python package, which loads scikit-learn before it can read one tree.

The answer for one client would wait for that longer than for all the rest. Fitting goes through the package
(``boosting``); both load the same file, so that what is said of a row has the same bits. Source: LightGBM's C API.
"""

from __future__ import annotations

import ctypes
import os
import sys
import weakref
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from models.errors import InternalError
from models.vocab import FloatArray

# Waiting workers of LightGBM spin unless set otherwise; beside any other work that costs more than it saves.
# It must be said before the library is loaded, here or by the package.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_FILES = {"win32": "lib_lightgbm.dll", "darwin": "lib_lightgbm.dylib"}
_DOUBLES, _ROW_MAJOR, _RAW_SCORE, _GAIN, _EVERY = 1, 1, 1, 1, -1


@dataclass(frozen=True)
class LoadedTrees:
    """An ensemble in the memory of LightGBM, given back when nobody holds it any more."""

    handle: ctypes.c_void_p
    tree_count: int
    output_count: int
    feature_count: int

    @classmethod
    def of(cls, text: str) -> LoadedTrees:
        """Read an ensemble from its text, which must be whole: some damaged ones end the process.

        Raises ``InternalError`` where LightGBM says that it cannot be read.
        """
        handle = ctypes.c_void_p()
        _call("LGBM_BoosterLoadModelFromString", text.encode(), ctypes.byref(ctypes.c_int()), ctypes.byref(handle))
        loaded = cls(
            handle=handle,
            tree_count=_number("LGBM_BoosterNumberOfTotalModel", handle),
            output_count=_number("LGBM_BoosterNumModelPerIteration", handle),
            feature_count=_number("LGBM_BoosterGetNumFeature", handle),
        )
        weakref.finalize(loaded, _call, "LGBM_BoosterFree", handle).atexit = False
        return loaded

    def raw(self, matrix: FloatArray, *, threads: int) -> FloatArray:
        """Raw scores of the rows of a contiguous matrix (n, feature_count): (n, output_count)."""
        scores = np.empty((len(matrix), self.output_count))
        if len(matrix):
            _call(
                "LGBM_BoosterPredictForMat",
                self.handle,
                matrix.ctypes.data_as(ctypes.c_void_p),
                ctypes.c_int(_DOUBLES),
                ctypes.c_int32(len(matrix)),
                ctypes.c_int32(self.feature_count),
                ctypes.c_int(_ROW_MAJOR),
                ctypes.c_int(_RAW_SCORE),
                ctypes.c_int(0),
                ctypes.c_int(_EVERY),
                f"num_threads={threads} verbosity=-1".encode(),
                ctypes.byref(ctypes.c_int64()),
                scores.ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
            )
        return scores

    def gains(self) -> FloatArray:
        """Loss that the splits on each feature saved in training. Shape (feature_count,)."""
        gains = np.empty(self.feature_count)
        place = gains.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
        _call("LGBM_BoosterFeatureImportance", self.handle, ctypes.c_int(_EVERY), ctypes.c_int(_GAIN), place)
        return gains


def _number(function: str, handle: ctypes.c_void_p) -> int:
    found = ctypes.c_int()
    _call(function, handle, ctypes.byref(found))
    return found.value


def _call(function: str, *arguments: object) -> None:
    library = _library()
    if getattr(library, function)(*arguments) != 0:
        raise InternalError(f"LightGBM failed in {function}: {library.LGBM_GetLastError().decode()}")


@cache
def _library() -> ctypes.CDLL:
    """The library, with the functions of its C API."""
    found = find_spec("lightgbm")
    if found is None or found.origin is None:
        raise InternalError("the package lightgbm must be installed with clientvalue")
    name, home = _FILES.get(sys.platform, "lib_lightgbm.so"), Path(found.origin).parent
    library = ctypes.CDLL(str(next(path for path in (home / "lib" / name, home / "bin" / name) if path.is_file())))
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    return library
