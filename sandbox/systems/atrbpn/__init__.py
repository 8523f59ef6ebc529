"""The ministry of agrarian affairs and spatial planning (ATR/BPN): an own GraphQL interface."""
