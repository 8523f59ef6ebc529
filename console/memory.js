/* A `Storage` that ends with the page: what is typed here, credentials above all, is never written down. */
export class Memory {
  #held = new Map();

  get length() {
    return this.#held.size;
  }

  getItem(key) {
    return this.#held.get(key) ?? null;
  }

  setItem(key, value) {
    this.#held.set(key, String(value));
  }

  removeItem(key) {
    this.#held.delete(key);
  }

  clear() {
    this.#held.clear();
  }
}
