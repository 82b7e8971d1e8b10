// The page as an app, where the context is secure: installable, and able to start while the server is away. Brought when the page is in use.

const HOUR = 3_600_000;
const AGAIN_MS = 5000; // so often a page asks itself whether it may begin anew

/**
 * @param {string} page its name
 * @param {(() => boolean) | undefined} idle whether it may load itself anew now, for another release; never if not given
 * @returns {{check: () => void}} check: looks whether there is another release
 */
export function keepShell(page, idle) {
  const workers = navigator.serviceWorker;
  let known = workers.controller !== null;
  const keep = async () => {
    const { active } = await workers.ready;
    const brought = [...document.querySelectorAll('[data-from]')].map((el) => el.getAttribute('data-from')); // they came in the page itself
    const files = [...performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname), ...brought];
    active?.postMessage({ type: 'keep', page, files });
  };
  const again = () => {
    if (idle?.()) location.reload();
    else setTimeout(again, AGAIN_MS);
  };
  workers.addEventListener('controllerchange', () => {
    keep();
    // The first to take over is of the release that is shown; every other is not.
    if (known && idle) again();
    known = true;
  });
  const registered = workers.register('/sw.js').catch(() => undefined); // forbidden, or no room: then it is a page as before
  keep();
  const check = async () => (await registered)?.update().catch(() => {});
  setInterval(check, HOUR);
  return { check };
}

/** Lets a phone put the page among its apps, for this debate. */
export function installable() {
  for (const [rel, href] of [
    ['manifest', 'floor.webmanifest'],
    ['apple-touch-icon', '/static/icons/apple-180.png'],
  ])
    document.head.append(Object.assign(document.createElement('link'), { rel, href }));
}
