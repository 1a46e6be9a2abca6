"""The page on which a manager chooses which programs hear of a project, and sees what was sent."""
