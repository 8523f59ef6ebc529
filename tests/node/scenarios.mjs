// Runs the scenarios that are named, one after another, and prints one line of JSON for each.

export function equal(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

export function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function ask(url, query) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query }),
  });
  return (await response.json()).data;
}

// Waits until as many streams and slow fields run on the server.
export async function running(url, count) {
  return within(20000, (async () => {
    while ((await ask(url, "{ running }")).running !== count) {
      await new Promise((done) => setTimeout(done, 10));
    }
  })());
}

export async function collect(iterator) {
  const found = [];
  for await (const each of iterator) found.push(each);
  return found;
}

export async function run(scenarios) {
  const url = process.argv[2];
  for (const name of process.argv.slice(3)) {
    const scenario = scenarios[name];
    try {
      await within(30000, scenario(url));
      console.log(JSON.stringify({ scenario: name }));
    } catch (error) {
      console.log(JSON.stringify({ scenario: name, error: error?.stack ?? JSON.stringify(error) }));
    }
  }
  process.exit(0);
}
