"""What the demo promises, and the error when it is not so."""

import screen


class DemoFailed(Exception):
    """Something is not as the demo promises."""


def check(holds: bool, promise: str) -> None:
    """Shows a promise that holds. Raises DemoFailed for one that does not."""
    if not holds:
        raise DemoFailed(f"it is not true that {promise}")
    screen.good(promise)
