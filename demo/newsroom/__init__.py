"""The demo newsroom: ten fictional outlets in one local HTTP server, with a clock that can be moved on."""
