"""PostgreSQL and Valkey from wheels, and the runner that `make run` starts.

Nothing here imports Django: the servers must stand before any setting can be read.
"""
