"""What is compared: spans, items and the stretches between their borders, as arrays."""
