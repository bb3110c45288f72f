"""How somebody is, and a pause of the role: their own, and shown to whom they choose."""
