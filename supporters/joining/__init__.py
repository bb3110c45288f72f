"""The way into the role: interest, a conversation, an account of its own; and the way out."""
