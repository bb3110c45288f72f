"""Goods and services given, as numbers of a month."""
