"""Whether somebody may lead, and what is missing: for one, for hundreds, and each morning."""
