"""Files of other annotation tools."""
