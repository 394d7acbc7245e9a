"""How numbers and their history look to people: texts, lines, ticks; pages and the admin show them."""
