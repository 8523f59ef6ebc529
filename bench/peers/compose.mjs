// Compose subgraphs into a supergraph: node compose.mjs OUT NAME URL SDL_FILE [NAME URL SDL_FILE ...]
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { readFileSync, writeFileSync } from "node:fs";

const [out, ...rest] = process.argv.slice(2);
const services = [];
for (let at = 0; at < rest.length; at += 3) {
  const [name, url, file] = rest.slice(at, at + 3);
  services.push({ name, url, typeDefs: parse(readFileSync(file, "utf8")) });
}
const { supergraphSdl, errors } = composeServices(services);
if (errors?.length) {
  throw new Error(errors.map((error) => error.message).join("\n"));
}
writeFileSync(out, supergraphSdl);
