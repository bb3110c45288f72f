"""Reports that leave: prepared by one person, approved by another, then frozen."""
