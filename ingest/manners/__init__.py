"""Manners: whose turn it is at a host, what robots.txt says, how long to leave a host alone."""
