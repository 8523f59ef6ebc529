"""How a question is answered: pure Python, no HTTP, no GraphQL, no driver."""
