"""make bench: how long the collection takes beside other ways to the same flow logs. See docs/bench.md."""
