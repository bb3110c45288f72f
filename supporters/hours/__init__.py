"""What somebody worked, when they are away, how much they carry at most, and the file for pay."""
