"""Speed, each figure beside its limit or beside a peer in the same run: `make bench`."""
