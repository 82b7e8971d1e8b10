// The second part of begin.js, in pages that do not have their style sheets in themselves: a lost one is asked for again where it stands.
{
  /** @type {{say: (what: 'again') => void, hush: () => void, pause: (n: number) => Promise<void>, lost: Set<Element>}} */
  const { say, hush, pause, lost } = /** @type {any} */ (self).BEGIN;
  const STUCK_MS = 20_000; // for a sheet that is asked for again
  /** Sheets that are here. @type {WeakSet<EventTarget>} */
  const here = new WeakSet();

  /** Asks for a lost style sheet again, in its place. @param {HTMLLinkElement} link @param {number} n how often it was tried */
  async function restyle(link, n) {
    lost.add(link);
    say('again');
    await pause(n);
    const next = /** @type {HTMLLinkElement} */ (link.cloneNode());
    next.dataset.again = '';
    const came = new Promise((done) => {
      next.addEventListener('load', () => done(true));
      next.addEventListener('error', () => done(false));
      setTimeout(done, STUCK_MS, false);
    });
    link.replaceWith(next);
    const is = await came;
    lost.delete(link);
    if (!is) return restyle(next, n + 1);
    hush();
  }

  /** @param {EventTarget | null} el @returns {el is HTMLLinkElement} a sheet as the page has it */
  const isSheet = (el) => el instanceof HTMLLinkElement && el.rel === 'stylesheet' && el.dataset.again === undefined;
  addEventListener('load', (e) => isSheet(e.target) && here.add(e.target), true);
  addEventListener('error', (e) => isSheet(e.target) && restyle(e.target, 0), true);
  // Nothing is drawn while one hangs, nor does a module run.
  addEventListener('rostrum-stuck', () => {
    for (const link of document.querySelectorAll('link')) if (isSheet(link) && !here.has(link)) link.remove();
  });
}
