"""Title, author, source, publisher and dates, with the line each was read from."""
