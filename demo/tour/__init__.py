"""The guided tour of `make demo`: newsroom and stack as children, progress, one comparison, addresses."""
