"""Web pages, alone, in feeds and in crawlers' archives."""
