// The service worker: lets a page start while the server is away. It keeps files of the pages only, never an answer of the API, and
// what the server has now always comes first: what is kept is for when nobody answers. The server puts before this script
// `self.SHELL`, every file with its tag, so that each release is another script, and a file of one release never stands among another's.

const worker = /** @type {any} */ (self);
/** @type {{version: string, files: Record<string, string>}} */
const SHELL = worker.SHELL;
const CACHE = `shell-${SHELL.version}`;
const PATIENCE_MS = 4000; // for the server, before what is kept is taken
const AWAY_MS = 10_000; // after a failure what is kept comes at once for so long
const PAGES = ['chair', 'display', 'floor', 'record'];

let awayUntil = -Infinity; // performance.now() ms: the device's date may be set

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (/** @type {any} */ e) => e.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (/** @type {any} */ e) => {
  if (e.data?.type === 'keep') e.waitUntil(keep(e.data.page, e.data.files));
});

worker.addEventListener('fetch', (/** @type {any} */ e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (e.request.mode === 'navigate') {
    const page = url.pathname.split('/')[2] ?? '';
    if (PAGES.includes(page)) e.respondWith(fresh(e.request, `/static/${page}.html`));
  } else if (url.pathname.startsWith('/static/')) e.respondWith(fresh(e.request, url.pathname));
});

/** What the server has, else what is kept under a path. @param {Request} request @param {string} path */
async function fresh(request, path) {
  const here = await kept(path);
  if (here && performance.now() < awayUntil) return here;
  const abort = new AbortController();
  const timer = here && setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: abort.signal });
    // A gateway that answers for a server that is away.
    if (here && [502, 503, 504].includes(answer.status)) throw new Error(`${answer.status}`);
    awayUntil = -Infinity;
    if (request.mode !== 'navigate') await store(path, answer.clone());
    return answer;
  } catch (err) {
    if (!here) throw err;
    awayUntil = performance.now() + AWAY_MS;
    return here;
  } finally {
    clearTimeout(timer);
  }
}

/** Of this release, or while its files are not all here, of the one before. @param {string} path @returns {Promise<Response | undefined>} */
async function kept(path) {
  const names = await caches.keys();
  const complete = await Promise.all(names.map(async (name) => Boolean(await (await caches.open(name)).match('/complete'))));
  for (const name of names.filter((_, n) => complete[n]).sort((a) => (a === CACHE ? -1 : 1))) {
    const found = await (await caches.open(name)).match(path);
    if (found) return found;
  }
}

/** Only what is of this release. @param {string} path @param {Response} answer */
async function store(path, answer) {
  const tag = SHELL.files[path];
  if (answer.status !== 200 || tag === undefined || answer.headers.get('ETag') !== tag) return false;
  await (await caches.open(CACHE)).put(path, answer);
  return true;
}

/** Keeps a page with all that it has loaded, then lets go of earlier releases. @param {string} page @param {string[]} files */
async function keep(page, files) {
  if (!PAGES.includes(page)) return;
  const paths = [...new Set([`/static/${page}.html`, ...files])].filter((path) => Object.hasOwn(SHELL.files, path));
  const cache = await caches.open(CACHE);
  const done = await Promise.all(paths.map(async (path) => Boolean(await cache.match(path)) || store(path, await fetch(path, { cache: 'no-cache' })))).catch(() => [false]);
  if (done.includes(false)) return; // the server is away, or is another release by now: its worker is on its way
  await cache.put('/complete', new Response(''));
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
}
