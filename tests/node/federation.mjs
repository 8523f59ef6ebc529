// Composes our gateway with a second subgraph, and asks both through Apollo's gateway.
// Usage: node federation.mjs ADDRESS TRACKING_NUMBER AGENCY_CODE; prints one line of JSON.
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from "@apollo/gateway";
import { composeServices } from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

const [address, number, agency] = process.argv.slice(2);

const ask = async (query, variables) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
};

const NOTES = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { notes: [Note!]! }
  type Note @key(fields: "id") { id: ID! text: String! about: Complaint! by: Agency! }
  type Complaint @key(fields: "trackingId", resolvable: false) { trackingId: String }
  type Agency @key(fields: "code") { code: String! notes: [Note!]! }
`);
const ALL = [{ id: "1", text: "asked again", about: { trackingId: number }, by: { code: agency } }];
const notes = buildSubgraphSchema({
  typeDefs: NOTES,
  resolvers: {
    Query: { notes: () => ALL },
    Agency: { __resolveReference: (key) => key, notes: ({ code }) => ALL.filter((n) => n.by.code === code) },
  },
});

const served = await ask("{ _service { sdl } }");
const composed = composeServices([
  { name: "simpul", url: address, typeDefs: parse(served.data._service.sdl) },
  { name: "notes", url: "local", typeDefs: NOTES },
]);
if (composed.errors) {
  console.log(JSON.stringify({ errors: composed.errors.map((error) => error.message) }));
  process.exit(0);
}
const gateway = new ApolloGateway({
  supergraphSdl: composed.supergraphSdl,
  buildService: ({ name, url }) =>
    name === "notes"
      ? new LocalGraphQLDataSource(notes)
      : new RemoteGraphQLDataSource({ url }),
});
const { executor } = await gateway.load();
const query = `{
  notes { text about { trackingId status agency { code } } by { name level notes { id } } }
}`;
const answer = await executor({
  request: { query, variables: {} },
  document: parse(query),
  operationName: null,
  queryHash: "notes",
  context: {},
  cache: { get: async () => undefined, set: async () => {}, delete: async () => true },
  schema: undefined,
  logger: console,
});
console.log(JSON.stringify({ data: answer.data, errors: answer.errors }));
await gateway.stop();
