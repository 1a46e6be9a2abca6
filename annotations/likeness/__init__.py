"""How alike texts are, whatever script they are in: what they share, and what differs."""
