"""What a project's scheme asks of its annotators, and its versions."""
