"""How a publishing process is asked to publish: the same for all contenders, on the standard library alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping


def answer(ways: Mapping[str, Callable[[int], object]]) -> None:
    """Each line asks `WAY COUNT FIRST [PER SECOND]`; the answer says when it began and when each was done."""
    for line in sys.stdin:
        way, *told = line.split()
        count, first, per_second = int(told[0]), int(told[1]), float(told[2]) if told[2:] else 0.0
        publish, done = ways[way], []
        began = time.time()
        for index in range(count):
            if per_second:
                time.sleep(max(0.0, began + index / per_second - time.time()))
            publish(first + index)
            done.append(time.time())
        print(json.dumps({"began": began, "done": done}), flush=True)
