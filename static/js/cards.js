// The page of badges: it is the server's, and this prints it.

const button = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-print]'));
if (button) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
