"""Asks for a flag and prints the answer whenever it changes.

python3 demo.py new-checkout-flow user-17
"""

import os
import signal
import sys
import time

from flagfabric import is_feature_enabled, is_feature_enabled_for, variant


def answers(flag: str, user: str | None, interval: int):
    yield f"{flag} {on_or_off(is_feature_enabled(flag))}"
    if user is not None:
        name = variant(flag, user, language="python", interval=interval) or "-"
        yield f"{flag} for {user}: {on_or_off(is_feature_enabled_for(flag, user))}, variant {name}"


def on_or_off(on: bool) -> str:
    return "on" if on else "off"


def main() -> None:
    flag = sys.argv[1] if len(sys.argv) > 1 else "new-checkout-flow"
    user = sys.argv[2] if len(sys.argv) > 2 else None
    interval = int(os.environ.get("INTERVAL_MS", "100"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    last: list[str] = []
    while True:
        now = list(answers(flag, user, interval))
        for line in now:
            if line not in last:
                print(line, flush=True)
        last = now
        time.sleep(interval / 1000)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
