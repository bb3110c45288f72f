"""Words of people for reports, printed only as each person agreed."""
