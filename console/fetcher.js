/* Ask this server, by POST; what follows, such as events, is shown as it comes. */
const ENDPOINT = new URL("graphql", document.baseURI);
const EVENTS = "text/event-stream";
const NEXT = "event: next\ndata: ";

export async function fetcher(params, options) {
  const leaving = new AbortController();
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: {
      ...options?.headers,
      Accept: `application/graphql-response+json, application/json;q=0.9, ${EVENTS};q=0.8`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify(params),
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: leaving.signal,
  });
  if (response.headers.get("Content-Type")?.startsWith(EVENTS)) return following(response, leaving);
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status}, without JSON.`);
  }
}

/* The parts of an answer; who stops listening ends the request, whether a part is there or not. */
function following(response, leaving) {
  const parts = read(response, leaving.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => parts.next(),
    return() {
      leaving.abort();
      return parts.return();
    },
  };
}

async function* read(response, signal) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("The server ended the stream; run it again to follow on.");
      const blocks = (held + value).split("\n\n");
      held = blocks.pop();
      for (const block of blocks) {
        if (block.startsWith("event: complete")) return;
        if (block.startsWith(NEXT)) yield JSON.parse(block.slice(NEXT.length));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
