"""Who works in a project, in which roles, and how they are invited."""
