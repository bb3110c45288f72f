"""What is counted and how it is said, as administrators see and renew it."""
