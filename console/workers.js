/* The editor's workers, from files beside this one; the build puts their names in. */
const WORKERS = __WORKERS__;

export function startWorkers() {
  globalThis.MonacoEnvironment = {
    getWorker: (_id, label) =>
      new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
  };
}
