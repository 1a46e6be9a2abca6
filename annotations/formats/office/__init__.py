"""What programs for offices and printers save: Word, Excel, PDF."""
