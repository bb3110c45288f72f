"""Monthly numbers of other platforms: typed or pasted, never about a person."""
