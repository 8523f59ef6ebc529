"""How one system is asked: the contract, its adapters and the registry that builds them."""
