"""The page on a project's agreement, its passages and files."""
