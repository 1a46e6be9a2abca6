"""How each resource is written, a module a few nouns. Every field is named: a new column is shown only where somebody says so."""
