"""What happened in a project, and the jobs that run or ran."""
