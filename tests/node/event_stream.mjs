// npm's graphql-sse against the server named.
import { createClient } from "graphql-sse";
import { collect, equal, run, running } from "./scenarios.mjs";

const TICKS = "subscription { ticks(count: 3) { number } }";
const numbers = [0, 1, 2].map((number) => ({ data: { ticks: { number } } }));

const client = (url, options = {}) => createClient({ url, retryAttempts: 0, ...options });

run({
  async query(url) {
    const query = "query ($name: String!) { greeting(name: $name) }";
    const found = await collect(client(url).iterate({ query, variables: { name: "Budi" } }));
    equal(found, [{ data: { greeting: "halo Budi" } }]);
  },

  async subscription(url) {
    equal(await collect(client(url).iterate({ query: TICKS })), numbers);
  },

  async "named operation"(url) {
    const query = `query A { greeting } ${TICKS.replace("subscription", "subscription B")}`;
    equal(await collect(client(url).iterate({ query, operationName: "B" })), numbers);
  },

  async "many at once"(url) {
    const one = client(url);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => collect(one.iterate({ query: TICKS }))),
    );
    equal(all, Array(20).fill(numbers));
  },

  async "errors before execution"(url) {
    for (const [query, code] of [
      ["{", "GRAPHQL_PARSE_FAILED"],
      ["{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
    ]) {
      const found = await collect(client(url).iterate({ query }));
      equal(found.map((each) => each.errors[0].extensions.code), [code]);
    }
  },

  async "a source that breaks"(url) {
    const found = await collect(client(url).iterate({ query: "subscription { breaking }" }));
    equal(found[0], { data: { breaking: 1 } });
    equal(found[1].errors[0].extensions.code, "INTERNAL");
    equal(found.length, 2);
  },

  async "signs of life are no results"(url) {
    const query = "subscription { ticks(count: 2, everyMs: 200) { number } }";
    equal(await collect(client(url).iterate({ query })), numbers.slice(0, 2));
  },

  async "unsubscribing ends the source"(url) {
    const iterator = client(url).iterate({ query: "subscription { quiet }" });
    const waiting = iterator.next();
    await running(url, 1);
    await iterator.return();
    await waiting;
    await running(url, 0);
  },

  async "disposing ends the sources"(url) {
    const one = client(url);
    for (const query of ["subscription { quiet }", "{ hanging }"]) {
      one.subscribe({ query }, { next() {}, error() {}, complete() {} });
    }
    await running(url, 2);
    one.dispose();
    await running(url, 0);
  },

  async "incremental parts"(url) {
    const query = "{ greeting ... @defer { tick { word(afterMs: 5) } } }";
    const found = await collect(client(url).iterate({ query }));
    equal(found[0].data, { greeting: "halo dunia" });
    equal(found.at(-1).hasNext, false);
  },

  async "single connection mode is not spoken"(url) {
    const one = client(url, { singleConnection: true });
    const failed = await collect(one.iterate({ query: TICKS })).catch((error) => error);
    equal(failed.response.status, 405);
  },

  async reconnecting(url) {
    const retry = () => new Promise((done) => setTimeout(done, 50));
    const one = client(url, { retryAttempts: 100, retry });
    const query = "subscription { ticks(count: 1000, everyMs: 20) { number } }";
    const iterator = one.iterate({ query });
    let before = -1;
    for await (const { data } of iterator) {
      if (before < 0) console.log(JSON.stringify({ ready: true }));
      if (data.ticks.number < before) break;
      before = data.ticks.number;
    }
    one.dispose();
  },
});
