"""What menus, keys and buttons mean, by what they are about; widgets are elsewhere."""
