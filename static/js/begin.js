// Sees to it that a page comes to life. It stands in the page itself, with its words (server/begin.go), since it is for when another file
// is lost: a browser doesn't ask again for a module or a style sheet that failed (of sheets see begin-sheets.js). A page whose
// modules did not come, or not of one release, begins again, as soon as the server answers. Once a page has drawn itself ("rostrum-begun")
// it is never begun again from here: there may be drafts in it.
// A page may put that off: "rostrum-again" comes before, and can be prevented; "rostrum-lost" says that it will be.
{
  /** @type {{release: string, words: Record<string, Record<string, string>>}} */
  const { release, words } = /** @type {any} */ (self).BEGIN;
  const SLOW_MS = 8000; // a page without a word for so long says that it is loading
  const STUCK_MS = 20_000; // without any file arriving; longer at each try, should the network just be slow
  const GRACE_MS = 3000; // after an error that may be harmless
  const MOST_MS = 30_000; // between two tries
  const ANSWER_MS = 10_000; // for the server to answer
  const WILLING_MS = 2000; // so often a page is asked that puts it off
  const MIXED = 2; // so often a page begins again for another release

  /** How often in a row this was done: kept with the page's place in the history, which lasts over a reload and needs no storage. @param {'begin' | 'mixed'} what */
  const tries = (what) => Number(history.state?.[what] ?? 0);
  /** @param {Record<string, number | undefined>} counts */
  const note = (counts) => history.replaceState({ ...history.state, ...counts }, '');

  const root = document.documentElement;
  let begun = false;
  let again = false; // it is about to begin again
  let touched = false;
  let heard = performance.now(); // when a file last arrived
  /** @type {Set<Element>} style sheets that are lost, and not yet here again */
  const lost = new Set();

  // --- words

  /** @param {'slow' | 'again'} what */
  const text = (what) => {
    let stored;
    try {
      stored = localStorage.getItem('rostrum.lang');
    } catch {
      // Storage may be forbidden.
    }
    const wishes = [new URLSearchParams(location.search).get('lang'), stored, ...navigator.languages];
    const lang = wishes.map((wish) => wish?.toLowerCase().split('-')[0] ?? '').find((base) => Object.hasOwn(words, base)) ?? (words.en ? 'en' : Object.keys(words)[0]);
    return { lang, dir: lang === 'ar' ? 'rtl' : 'ltr', textContent: words[lang]?.[`begin.${what}`] };
  };

  /** @param {'slow' | 'again'} what */
  function say(what) {
    if (!document.body) return void document.addEventListener('readystatechange', () => (again || lost.size) && say(what), { once: true });
    const bar = document.getElementById('begin') ?? document.createElement('p');
    Object.assign(bar, { id: 'begin', role: 'status', translate: false, ...text(what) });
    // No style sheet may be here.
    bar.style.cssText =
      'position:fixed;z-index:99;inset:0 0 auto;margin:0;padding:1rem;background:#1d2b36;color:#fff;font:600 max(1rem,1.6vw)/1.4 sans-serif;text-align:center';
    if (!bar.isConnected) document.body.append(bar);
    // No white wall in a dark room; but what lies over a film must stay clear.
    if (root.dataset.theme === 'dark' && new URLSearchParams(location.search).get('view') !== 'lower-third') root.style.colorScheme = 'dark';
  }

  function hush() {
    if (again || lost.size) return;
    document.getElementById('begin')?.remove();
    root.style.removeProperty('color-scheme');
  }

  // --- again

  /** Many screens lose the same server at once: they do not come back at once. @param {number} n how often it was tried */
  const pause = (n) => new Promise((done) => setTimeout(done, 1000 + Math.random() * Math.min(MOST_MS, 4000 * 2 ** n)));

  /** Whether the server gives the page again: else the browser would show an error in its place, for good. */
  async function answers() {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), ANSWER_MS);
    try {
      const answer = await fetch(location.href, { cache: 'no-store', headers: { Accept: 'text/html' }, signal: abort.signal });
      return (await answer.text()).includes('<script data-begin>');
    } catch {
      return false;
    }
  }

  /** Whether the page lets itself be begun again now. */
  const willing = () => dispatchEvent(new Event('rostrum-again', { cancelable: true }));

  async function anew() {
    if (again || begun) return;
    again = true;
    for (let n = tries('begin'); ; n++) {
      say('again');
      dispatchEvent(new Event('rostrum-lost'));
      await pause(n);
      note({ begin: n + 1 });
      while (!begun && !willing()) await new Promise((done) => setTimeout(done, WILLING_MS));
      const answered = !begun && (await answers());
      if (begun) return; // it came after all
      if (answered && willing()) return location.reload();
    }
  }

  // --- what goes wrong

  addEventListener(
    'error',
    (e) => {
      const el = e.target;
      if (el instanceof HTMLScriptElement) anew();
      // A module that breaks off, or does not fit the others, is an error in our own files; what a browser's extension does is not.
      else if (el === window && e.error && e.filename.startsWith(location.origin)) setTimeout(anew, GRACE_MS);
    },
    true,
  );
  addEventListener('unhandledrejection', () => setTimeout(anew, GRACE_MS));
  for (const type of ['pointerdown', 'keydown', 'input']) addEventListener(type, (e) => (touched ||= e.isTrusted), true);

  const arrivals = new PerformanceObserver((list) => {
    for (const entry of /** @type {PerformanceResourceTiming[]} */ (list.getEntries())) {
      const status = entry.responseStatus ?? 200;
      if (status > 0 && status < 400) heard = performance.now();
    }
  });
  arrivals.observe({ type: 'resource', buffered: true });

  const watch = setInterval(() => {
    const now = performance.now();
    if (now > SLOW_MS && !again && !document.body?.innerText.trim()) say('slow');
    if (now - heard < STUCK_MS * 2 ** Math.min(3, tries('begin')) || again) return;
    dispatchEvent(new Event('rostrum-stuck'));
    stop(); // what hangs holds the connections
    anew();
  }, 1000);

  addEventListener('rostrum-begun', () => {
    if (begun) return;
    begun = true;
    again = false;
    clearInterval(watch);
    arrivals.disconnect();
    hush();
    if (tries('begin')) note({ begin: undefined });
  });

  /**
   * The server has told its release. Files of two of them may stand in a page that was loaded while the server was exchanged: such a page
   * begins again at once, unless somebody has already done something in it. Says whether it does.
   */
  addEventListener('rostrum-release', (e) => {
    const other = /** @type {CustomEvent<string>} */ (e).detail;
    if (!release || !other || other === release) return tries('mixed') && note({ mixed: undefined });
    if (touched || tries('mixed') >= MIXED) return;
    note({ mixed: tries('mixed') + 1 });
    e.preventDefault();
    location.reload();
  });

  Object.assign(/** @type {any} */ (self).BEGIN, { say, hush, pause, lost }); // for begin-sheets.js
}
