"""The page on a project's agreement, its charts, examples and files."""
