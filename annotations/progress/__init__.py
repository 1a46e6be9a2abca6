"""How far a project is, and on whom it waits."""
