"""File formats, a module each: what it can hold, how it is read and how it is written."""
