"""What happened around a group: who has a part in it, what is done, and what is learned."""
