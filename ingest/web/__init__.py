"""One fetch: what may be asked for, how it is asked, what is refused, and what a fault means."""
