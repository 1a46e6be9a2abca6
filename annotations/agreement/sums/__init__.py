"""What is counted of each document, added up, weighed and drawn again."""
