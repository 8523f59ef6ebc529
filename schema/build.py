"""The schema as a whole, and its printed form."""

from __future__ import annotations

import strawberry
from strawberry.federation import Schema as FederatedSchema
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig

from schema.agency import Agency
from schema.catalogue import Category
from schema.complaint import Complaint
from schema.federation import REPRESENTATION
from schema.ombudsman import OmbudsmanCase
from schema.places import Region
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


def build_schema() -> strawberry.Schema:
    """Build the schema; it holds nothing of any request and is built once."""
    schema: strawberry.Schema = FederatedSchema(
        Query,
        federation_version="2.3",
        scalar_overrides={FederationAny: REPRESENTATION},
        subscription=Subscription,
        types=[Complaint, Agency, Region, Category, OmbudsmanCase],
        config=StrawberryConfig(
            scalar_map=SCALARS,
            disable_field_suggestions=True,
            enable_experimental_incremental_execution=True,
        ),
    )
    return schema


def printed() -> str:
    """Give the schema in GraphQL's own language, as `schema/schema.graphql` keeps it."""
    return build_schema().as_str() + "\n"
