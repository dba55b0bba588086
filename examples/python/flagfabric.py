"""The library's calls with Python's types. Copy it; it needs nothing but libflagfabric.so."""

import ctypes
import os
from ctypes import POINTER, byref, c_bool, c_char_p, c_double, c_int64, c_size_t, c_ssize_t, c_uint32

_BOOLEAN, _INTEGER, _DOUBLE, _STRING = 1, 2, 3, 4


class _Value(ctypes.Union):
    _fields_ = [("boolean", c_bool), ("integer", c_int64), ("number", c_double), ("string", c_char_p)]


class _Attribute(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("type", c_uint32), ("length", c_uint32), ("value", _Value)]


class _Context(ctypes.Structure):
    _fields_ = [("targeting_key", c_char_p), ("attributes", POINTER(_Attribute)), ("count", c_size_t)]


_library = ctypes.CDLL(os.environ.get("FLAGFABRIC_LIBRARY", "libflagfabric.so"))
_library.is_feature_enabled.argtypes = [c_char_p]
_library.is_feature_enabled.restype = c_bool
_library.is_feature_enabled_for.argtypes = [c_char_p, c_char_p]
_library.is_feature_enabled_for.restype = c_bool
_library.flagfabric_variant.argtypes = [c_char_p, POINTER(_Context), c_char_p, c_size_t]
_library.flagfabric_variant.restype = c_ssize_t


def is_feature_enabled(flag: str) -> bool:
    """Whether the flag is on for everybody."""
    return _library.is_feature_enabled(flag.encode())


def is_feature_enabled_for(flag: str, user: str) -> bool:
    """Whether the flag is on for one user."""
    return _library.is_feature_enabled_for(flag.encode(), user.encode())


def variant(flag: str, user: str, **known: str | bool | int | float) -> str | None:
    """The variant's name for a user of whom something is known; None where the program's own default applies."""
    attributes = (_Attribute * len(known))(*(_attribute(name, value) for name, value in known.items()))
    context = _Context(user.encode(), attributes, len(known))
    size = 64
    while True:
        name = ctypes.create_string_buffer(size)
        length = _library.flagfabric_variant(flag.encode(), byref(context), name, size)
        if length < size:
            return None if length < 0 else name.value.decode()
        size = length + 1


def _attribute(name: str, value: str | bool | int | float) -> _Attribute:
    if isinstance(value, bool):  # before int, which it is too
        return _Attribute(name.encode(), _BOOLEAN, 0, _Value(boolean=value))
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return _Attribute(name.encode(), _INTEGER, 0, _Value(integer=value))
    if isinstance(value, str):
        text = value.encode()
        return _Attribute(name.encode(), _STRING, len(text), _Value(string=text))
    return _Attribute(name.encode(), _DOUBLE, 0, _Value(number=value))
