// Prints one line for each audit of a GraphQL over HTTP server: status, id, name, and why not.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2], fetchFn: fetch });
for (const { status, id, name, reason } of results) {
  console.log([status, id, name, ...(status === 'ok' ? [] : [reason])].join('\t'));
}
