"""What people said in questionnaires, as protected figures."""
