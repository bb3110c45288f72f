"""Files of figures: CSV, XLSX, JSON and PDF. Each is made of a `Book`, which holds protected tables and no others."""
