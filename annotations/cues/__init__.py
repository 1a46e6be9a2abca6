"""Marking by a few explained rules: words that grant something, that give something up, and that report what somebody says."""
