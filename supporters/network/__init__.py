"""Peers of other regions, meetings and the library: only for those who wish."""
