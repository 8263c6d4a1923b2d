"""Values as plain data: what they are written as and read from, strictly, and the JSON Schema of it."""
