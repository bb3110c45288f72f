"""What is counted, and how: the only questions to the database whose answers are raw counts."""
