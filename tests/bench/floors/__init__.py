"""The floors: programs that do next to nothing, as others would write them."""
