"""How HTTP is spoken to clients: uvicorn's protocol, bounded, and with fewer steps."""
