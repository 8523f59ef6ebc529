// Clients that put incremental parts together: Apollo's, and meros, which reads multipart/mixed.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client/core/index.js";
import { GraphQL17Alpha9Handler } from "@apollo/client/incremental";
import { meros } from "meros/browser";
import { equal, run } from "./scenarios.mjs";

const DEFER = "query Tunda { greeting ... @defer { tick { number word(afterMs: 20) } } }";
const whole = { greeting: "halo dunia", tick: { number: 1, word: "kata" } };

async function apollo(url, query, handler = new GraphQL17Alpha9Handler()) {
  const client = new ApolloClient({
    link: new HttpLink({ uri: url }),
    cache: new InMemoryCache(),
    ...(handler && { incrementalHandler: handler }),
  });
  const states = [];
  await new Promise((done, failed) => {
    client.watchQuery({ query: gql(query), errorPolicy: "all" }).subscribe({
      next(state) {
        states.push(state);
        if (state.dataState === "complete" && !state.loading) done();
      },
      error: failed,
    });
  });
  client.stop();
  const plain = (data) => data && JSON.parse(JSON.stringify(data, (key, value) => (key === "__typename" ? undefined : value)));
  return states.filter((each) => each.data).map((each) => [each.dataState, plain(each.data)]);
}

run({
  async "Apollo merges deferred parts"(url) {
    equal(await apollo(url, DEFER), [
      ["streaming", { greeting: "halo dunia" }],
      ["complete", whole],
    ]);
  },

  async "Apollo gets one answer where nothing is deferred"(url) {
    equal(await apollo(url, "query Utuh { greeting }"), [["complete", { greeting: "halo dunia" }]]);
  },

  async "Apollo merges streamed lists"(url) {
    const found = await apollo(url, "query Alir { numbers(count: 3) @stream(initialCount: 1) }");
    equal(found.at(-1), ["complete", { numbers: [0, 1, 2] }]);
  },

  async "meros reads the parts"(url) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "multipart/mixed" },
      body: JSON.stringify({ query: DEFER }),
    });
    const parts = [];
    for await (const part of await meros(response)) {
      equal(part.json, true);
      parts.push(part.body);
    }
    equal(parts[0], {
      data: { greeting: "halo dunia" },
      pending: parts[0].pending,
      hasNext: true,
    });
    equal(parts.at(-1).hasNext, false);
  },

  async "an older format is answered whole"(url) {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "multipart/mixed;deferSpec=20220824, application/json",
      },
      body: JSON.stringify({ query: DEFER }),
    });
    equal(await response.json(), { data: whole });
  },
});
