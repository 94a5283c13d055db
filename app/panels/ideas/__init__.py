"""Whatever a verb makes: cards, rows and trees of ideas, heard and written into the piece."""
