"""Courses, cohorts, certificates, what expires, and what a cohort says of its training."""
