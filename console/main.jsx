/* The page: GraphiQL over this server's own /graphql, keeping everything in memory. */

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";

import { fetcher } from "./fetcher.js";
import { Memory } from "./memory.js";
import { handDownNonce } from "./nonce.js";
import { startWorkers } from "./workers.js";

handDownNonce(document);
startWorkers();

const tabs = JSON.parse(document.getElementById("examples").textContent).map((query) => ({ query }));

createRoot(document.getElementById("console")).render(
  <GraphiQL
    fetcher={fetcher}
    storage={new Memory()}
    shouldPersistHeaders={false}
    defaultTabs={tabs}
    defaultEditorToolsVisibility="headers"
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>Simpul</GraphiQL.Logo>
  </GraphiQL>,
);
