// The page of badges: it is the server's, and this prints it, and takes another language as soon as it is chosen.

const button = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-print]'));
if (button) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
const menu = /** @type {HTMLSelectElement | null} */ (document.querySelector('[data-language]'));
menu?.addEventListener('change', () => {
  const here = new URL(location.href); // with the cards that are wanted
  here.searchParams.set('page', menu.value);
  location.assign(here);
});
dispatchEvent(new Event('rostrum-begun'));
