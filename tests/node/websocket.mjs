// npm's graphql-ws, and bare sockets for what that client never does, against the server named.
import { createClient, CloseCode, MessageType } from "graphql-ws";
import WebSocket from "ws";
import { ask, collect, equal, run, running, within } from "./scenarios.mjs";

const TICKS = "subscription { ticks(count: 3) { number } }";
const numbers = [0, 1, 2].map((number) => ({ data: { ticks: { number } } }));

function client(url, options = {}) {
  return createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...options,
  });
}

function subscribed(socket, payload) {
  return new Promise((complete) => {
    const next = [];
    socket.subscribe(payload, {
      next: (value) => next.push(value),
      error: (error) => complete({ next, error }),
      complete: () => complete({ next }),
    });
  });
}

// Sends *messages* over a bare socket and gives the code by which the server closes it.
function closing(url, messages, protocol = "graphql-transport-ws") {
  return new Promise((closed, failed) => {
    const socket = new WebSocket(url.replace("http", "ws"), protocol);
    socket.on("open", () => messages.forEach((each) => socket.send(each)));
    socket.on("close", (code) => closed(code));
    socket.on("error", (error) => failed(error));
  });
}

const init = JSON.stringify({ type: "connection_init" });
const quiet = (id) =>
  JSON.stringify({ type: "subscribe", id, payload: { query: "subscription { quiet }" } });

run({
  async query(url) {
    const socket = client(url);
    const query = "query ($name: String!) { greeting(name: $name) }";
    const found = await collect(socket.iterate({ query, variables: { name: "Budi" } }));
    equal(found, [{ data: { greeting: "halo Budi" } }]);
    await socket.dispose();
  },

  async subscription(url) {
    const socket = client(url);
    equal(await collect(socket.iterate({ query: TICKS })), numbers);
    await socket.dispose();
  },

  async "named operation"(url) {
    const socket = client(url);
    const query = `query A { greeting } ${TICKS.replace("subscription", "subscription B")}`;
    equal(await collect(socket.iterate({ query, operationName: "B" })), numbers);
    await socket.dispose();
  },

  async "many at once over one socket"(url) {
    let sockets = 0;
    const socket = client(url, { on: { connected: () => (sockets += 1) }, lazyCloseTimeout: 1000 });
    const all = await Promise.all(
      Array.from({ length: 20 }, () => collect(socket.iterate({ query: TICKS }))),
    );
    equal(all, Array(20).fill(numbers));
    equal(sockets, 1);
    await socket.dispose();
  },

  async "errors before execution"(url) {
    const socket = client(url);
    for (const [query, code] of [
      ["{", "GRAPHQL_PARSE_FAILED"],
      ["{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
    ]) {
      const { next, error } = await subscribed(socket, { query });
      equal(next, []);
      equal(error.map((each) => each.extensions.code), [code]);
    }
    await socket.dispose();
  },

  async "errors of execution"(url) {
    const socket = client(url);
    const [result] = await collect(socket.iterate({ query: "{ failing }" }));
    equal(result.data, { failing: null });
    equal(result.errors[0].extensions.code, "INTERNAL");
    await socket.dispose();
  },

  async "a source that breaks"(url) {
    const socket = client(url);
    const { next, error } = await subscribed(socket, { query: "subscription { breaking }" });
    equal(next[0], { data: { breaking: 1 } });
    equal(next[1].errors[0].extensions.code, "INTERNAL");
    equal(error, undefined);
    await socket.dispose();
  },

  async "unsubscribing ends the source"(url) {
    const socket = client(url, { lazyCloseTimeout: 1000 });
    const iterator = socket.iterate({ query: "subscription { quiet }" });
    const waiting = iterator.next();
    await running(url, 1);
    await iterator.return();
    await waiting;
    await running(url, 0);
    equal(await collect(socket.iterate({ query: TICKS })), numbers);
    await socket.dispose();
  },

  async "disposing ends the source"(url) {
    const socket = client(url);
    subscribed(socket, { query: "subscription { quiet }" });
    await running(url, 1);
    await socket.dispose();
    await running(url, 0);
  },

  async "terminating ends the source"(url) {
    const socket = client(url);
    subscribed(socket, { query: "subscription { quiet }" });
    await running(url, 1);
    socket.terminate();
    await running(url, 0);
  },

  async "keep-alive"(url) {
    let pongs = 0;
    const socket = client(url, { lazy: false, keepAlive: 20, on: { pong: () => (pongs += 1) } });
    await within(20000, (async () => {
      while (pongs < 3) await new Promise((done) => setTimeout(done, 10));
    })());
    await socket.dispose();
  },

  async "connection parameters"(url) {
    const socket = client(url, { connectionParams: { apa: "saja" } });
    equal((await collect(socket.iterate({ query: "{ greeting }" }))).length, 1);
    await socket.dispose();
  },

  async "acknowledged at once"(url) {
    let socket;
    const payload = await new Promise((done) => {
      const on = { connected: (_, payload) => done(payload) };
      socket = client(url, { lazy: false, connectionAckWaitTimeout: 2000, on });
    });
    equal(payload ?? null, null);
    await socket.dispose();
  },

  async "incremental parts"(url) {
    const socket = client(url);
    const query = "{ greeting ... @defer { tick { word(afterMs: 5) } } }";
    const found = await collect(socket.iterate({ query }));
    equal(found[0].data, { greeting: "halo dunia" });
    equal(found.at(-1).hasNext, false);
    await socket.dispose();
  },

  async "closed as the reference server does"(url) {
    const ping = (payload) => JSON.stringify({ type: MessageType.Ping, payload });
    equal(await closing(url, ["not JSON"]), CloseCode.BadRequest);
    equal(await closing(url, [JSON.stringify({ type: "unknown" })]), CloseCode.BadRequest);
    equal(await closing(url, [ping(1)]), CloseCode.BadRequest);
    equal(await closing(url, [quiet("a")]), CloseCode.Unauthorized);
    equal(await closing(url, [init, init]), CloseCode.TooManyInitialisationRequests);
    equal(await closing(url, [init, quiet("a"), quiet("a")]), CloseCode.SubscriberAlreadyExists);
    equal(await closing(url, []), CloseCode.ConnectionInitialisationTimeout);
    await running(url, 0);
  },

  async "legacy clients are refused"(url) {
    const refused = await closing(url, [], "graphql-ws").catch((error) => error.message);
    equal(refused, "Server sent no subprotocol");
    const socket = new WebSocket(url.replace("http", "ws"));
    equal(await new Promise((done) => socket.on("close", done)), CloseCode.SubprotocolNotAcceptable);
  },

  async "another site's page is refused"(url) {
    const headers = { origin: "https://example.com" };
    const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws", { headers });
    const status = await new Promise((done) => {
      socket.on("unexpected-response", (_, response) => done(response.statusCode));
    });
    equal(status, 403);
    equal((await ask(url, "{ greeting }")).greeting, "halo dunia");
  },

  async reconnecting(url) {
    const retryWait = () => new Promise((done) => setTimeout(done, 50));
    // Where nobody listens yet is worth another try, too.
    const socket = client(url, { retryAttempts: 100, retryWait, shouldRetry: () => true });
    const query = "subscription { ticks(count: 1000, everyMs: 20) { number } }";
    const iterator = socket.iterate({ query });
    let before = -1;
    for await (const { data } of iterator) {
      if (before < 0) console.log(JSON.stringify({ ready: true }));
      if (data.ticks.number < before) break;
      before = data.ticks.number;
    }
    await socket.dispose();
  },
});
