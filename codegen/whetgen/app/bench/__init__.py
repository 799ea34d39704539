"""Side-by-side measurements. Functions return rows; the command line prints them."""
