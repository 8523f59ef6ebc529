/* Ask this server, by POST and in JSON; an answer that is no JSON is told in words. */
const ENDPOINT = new URL("graphql", document.baseURI);

export async function fetcher(params, options) {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: {
      ...options?.headers,
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
    },
    body: JSON.stringify(params),
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status}, without JSON.`);
  }
}
