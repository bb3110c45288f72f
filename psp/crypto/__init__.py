"""Encryption of everything that names or describes a person.

Text is sealed with AES-256-GCM under a data key of the person's own. The data key is wrapped by a
master key from the environment and lives in a database of its own (`psp.keys`), so a copy of the
main database alone opens nothing, and destroying one row there makes a person unreadable for good,
in history tables and old backups too.
"""
