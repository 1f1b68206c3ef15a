"""How a publishing process is asked to publish: the same for all contenders, on the standard library alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping


def answer(senders: Mapping[str, Callable[[int], object]]) -> None:
    """Each line asks `MODE COUNT FIRST [PER SECOND]`; the answer says when it began and when each was done."""
    for line in sys.stdin:
        mode, *numbers = line.split()
        count, first, per_second = int(numbers[0]), int(numbers[1]), float(numbers[2]) if numbers[2:] else 0.0
        publish, done = senders[mode], []
        began = time.time()
        for index in range(count):
            if per_second:
                time.sleep(max(0.0, began + index / per_second - time.time()))
            publish(first + index)
            done.append(time.time())
        print(json.dumps({"began": began, "done": done}), flush=True)
