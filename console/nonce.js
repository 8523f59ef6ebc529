/* Give every `<style>` that a script makes the nonce of this page: the editor and the dialogs make some. */
export function handDownNonce(document) {
  const { nonce } = document.querySelector("script[nonce]");
  const create = document.createElement;
  document.createElement = function createElement(name, options) {
    const element = create.call(this, name, options);
    if (element.localName === "style") element.nonce = nonce;
    return element;
  };
}
