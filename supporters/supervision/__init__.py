"""Who is at whose side: pairs, meetings, the open door, and more support for a while."""
