"""Charts of protected tables: pure geometry, drawn by `templates/components/chart/`."""
