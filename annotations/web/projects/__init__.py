"""The list of projects, and the overview of one."""
