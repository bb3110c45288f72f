"""The role agreements and the safety protocol, in versions, and who agreed to which."""
