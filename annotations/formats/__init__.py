"""File formats, a folder a family: what each can hold, how it is read and how it is written."""
