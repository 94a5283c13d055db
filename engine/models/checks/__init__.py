"""What is checked of a model's file before anything of it is loaded."""
