"""The Ombudsman's cases: which are wanted, who may see them, how they belong to complaints."""
