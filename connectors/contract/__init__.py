"""All that an adapter author reads: records, filters, queries, capabilities, the protocol, errors.

Nothing here needs more than the standard library and msgspec.
"""
