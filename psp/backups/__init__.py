"""Encrypted backups that can be restored to a moment: a copy of the server's files, and its write-ahead log since."""
