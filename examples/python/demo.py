"""A Python program that asks for a flag for many users, through the same C function.

    python3 demo.py gradual-rollout

Prints how many of a hundred users have the flag, and then each change.
"""

import ctypes
import os
import sys
import time

library = ctypes.CDLL(os.environ.get("FLAGFABRIC_LIBRARY", "libflagfabric.so"))
library.is_feature_enabled_for.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
library.is_feature_enabled_for.restype = ctypes.c_bool


def is_feature_enabled_for(flag: str, user: str) -> bool:
    return library.is_feature_enabled_for(flag.encode(), user.encode())


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: demo.py FLAG")
    flag, last = sys.argv[1], -1
    while True:
        users = sum(is_feature_enabled_for(flag, f"user-{number}") for number in range(100))
        if users != last:
            print(f"Python program: {flag} is on for {users} of 100 users", flush=True)
            last = users
        time.sleep(0.01)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
