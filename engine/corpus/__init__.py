"""Where music to learn from comes from: collections and folders, what is in them, data sets made of them."""
