/* Bundle the page into hashed files, packed, with a list of their names and the licences of what is in them.
 *
 * `node build.mjs FOLDER` writes into FOLDER, which is emptied first.
 */

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const target = process.argv[2];
const WORKERS = {
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
};
const SHARED = {
  absWorkingDir: HERE,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  legalComments: "none",
  target: "es2022",
  outdir: "out",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};
/* GraphiQL's own sheet holds the editor's already, so the editor's parts bring none.  Its text fonts, 350 kB of
 * them, are left out: the reader's machine has fonts. */
const STYLES = {
  name: "styles",
  setup(build) {
    build.onLoad({ filter: /monaco-editor.*\.css$/ }, () => ({ contents: "", loader: "empty" }));
    build.onLoad({ filter: /graphiql\/dist\/style\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/@font-face\s*\{\s*font-family: (Roboto|Fira Code);[^}]*\}/g, ""),
      loader: "css",
    }));
  },
};

const workers = await build({
  ...SHARED,
  entryPoints: WORKERS,
  plugins: [STYLES],
  entryNames: "[name]-worker-[hash]",
  format: "iife",
});
const names = Object.fromEntries(
  Object.keys(WORKERS).map((label) => [label, named(workers, `${label}-worker-`, ".js")]),
);
const page = await build({
  ...SHARED,
  entryPoints: { console: "main.jsx" },
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  format: "esm",
  splitting: true,
  plugins: [STYLES],
  jsx: "automatic",
  define: { ...SHARED.define, __WORKERS__: JSON.stringify(names) },
});

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const file of [...workers.outputFiles, ...page.outputFiles]) {
  writeFileSync(join(target, `${basename(file.path)}.gz`), gzipSync(file.contents, { level: 9 }));
}
const entries = { script: named(page, "console-", ".js"), style: named(page, "console-", ".css") };
writeFileSync(join(target, "entries.json"), `${JSON.stringify(entries, null, 2)}\n`);
writeFileSync(join(target, "LICENCES.txt"), licences([workers, page]));

function named(result, start, end) {
  const [found] = result.outputFiles
    .map((file) => basename(file.path))
    .filter((name) => name.startsWith(start) && name.endsWith(end));
  return found;
}

/* Each package of which something is in the bundles, with its version and its licence's own text. */
function licences(results) {
  const folders = new Set();
  for (const { metafile } of results) {
    for (const output of Object.values(metafile.outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
        if (found && bytesInOutput > 0) folders.add(found[1]);
      }
    }
  }
  const parts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(HERE, folder, "package.json"), "utf8"));
    const texts = readdirSync(join(HERE, folder))
      .filter((file) => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(file))
      .sort()
      .map((file) => readFileSync(join(HERE, folder, file), "utf8").replace(/\r\n?/g, "\n").trim());
    return { name, text: [`${name} ${version}: ${license}`, ...texts].join("\n\n") };
  });
  parts.sort((one, other) => (one.name < other.name ? -1 : 1));
  const line = `\n\n${"-".repeat(80)}\n\n`;
  return `The packages of which something is in these files, each under its own licence.${line}${parts.map(({ text }) => text).join(line)}\n`;
}
