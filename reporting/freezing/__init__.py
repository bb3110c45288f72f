"""How protected figures become part of the record, period by period, and what is done beside it."""
