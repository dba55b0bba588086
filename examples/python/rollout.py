"""Asks for a flag for a hundred users: prints how many of them have it, and then each change.

python3 rollout.py gradual-rollout
"""

import signal
import sys
import time

from flagfabric import is_feature_enabled_for


def main() -> None:
    flag, last = sys.argv[1] if len(sys.argv) > 1 else "gradual-rollout", -1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        users = sum(is_feature_enabled_for(flag, f"user-{number}") for number in range(100))
        if users != last:
            print(f"{flag} is on for {users} of 100 users", flush=True)
            last = users
        time.sleep(0.01)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
