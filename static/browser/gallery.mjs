// Photographs every page in every state, at four sizes, in both directions of writing, light
// and dark, into a folder, with a sheet of all of them to look at. What a room has beside (a
// projector, a totem, the other languages) comes when it is asked for:
//   node static/browser/gallery.mjs DIR [--pages chair,display] [--states running,offline] [--sizes phone,totem] [--langs ar,zh] [--themes dark]

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEBATE, Server, build, launch, open } from './harness.mjs';
import { Proxy } from './proxy.mjs';

const SIZES = {
  phone: { width: 360, height: 740 },
  tablet: { width: 1024, height: 768 },
  '1080p': { width: 1920, height: 1080 },
  '4k': { width: 3840, height: 2160 },
  projector: { width: 1024, height: 768 },
  totem: { width: 1080, height: 1920 },
};
const LANGS = ['en', 'ar', 'fr', 'es', 'ru', 'zh'];
/** Of sizes and languages, what is photographed without a wish. */
const USUAL = { sizes: ['phone', 'tablet', '1080p', '4k'], langs: ['en', 'ar'] };
const THEMES = ['light', 'dark'];

/** Each page: how it is opened. A display has its theme and language from its address, all others from the browser. */
const PAGES = {
  landing: { path: '/' },
  chair: { role: 'chair', path: `/${DEBATE}/chair` },
  display: { role: 'display', path: `/${DEBATE}/display` },
  'display-timer': { role: 'display', path: `/${DEBATE}/display?view=timer` },
  'display-list': { role: 'display', path: `/${DEBATE}/display?view=list` },
  'display-lower-third': { role: 'display', path: `/${DEBATE}/display?view=lower-third` },
  delegate: { delegate: 'ken', path: `/${DEBATE}/floor` },
  'delegate-waiting': { delegate: 'omn', path: `/${DEBATE}/floor` },
  join: { path: `/${DEBATE}/floor` },
  record: { role: 'rapporteur', path: `/${DEBATE}/record` },
};

const { values: wish, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(['pages', 'states', 'sizes', 'langs', 'themes'].map((name) => [name, { type: 'string' }])),
});
if (positionals.length !== 1) {
  console.error('usage: node static/browser/gallery.mjs DIR [--pages …] [--states …] [--sizes …] [--langs …] [--themes …]');
  process.exit(2);
}
const dir = resolve(positionals[0]);
/** Those of a kind that are wished for; the usual ones without a wish. */
const wished = (kind, all) => {
  const some = wish[kind]?.split(',') ?? USUAL[kind] ?? all;
  for (const one of some) if (!all.includes(one)) throw new Error(`--${kind}: there is no ${one}: ${all.join(', ')}`);
  return some;
};

const server = await new Server(build()).start();
const browser = await launch();
const send = server.send.bind(server);

// --- the states of the debate

let made = 0;

async function clear() {
  const { state } = await server.state();
  if (state.floor) await send('DELETE', '/floor');
  if (state.interrupted) await send('DELETE', '/floor');
  if (state.message) await send('DELETE', '/message');
  for (const id of Object.keys(state.requests)) await send('DELETE', `/requests/${id}`);
  if (state.panel !== 'morning') await send('PUT', '/panel', { panel: 'morning' });
  await send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
}

const FIRST = ['gbr', 'omn', 'ken'];
const OTHERS = 'phl nga swe ind bra chn fra rus deu jpn zaf egy mex can arg idn tur pol esp ita nld nor fin aus nzl chl per tha ukr vnm pak bgd lka npl mys sgp grc prt che aut bel dnk irl isl cze hun rou bgr hrv srb mar tun sen gha civ cmr uga'.split(' ');
const MORE = {
  gbr: { speaker: 'H.E. the Permanent Representative', language: 'en' },
  nga: { behalf_of: 'african-group', level: 'head_of_state' },
  omn: { note: 'Protection of victims, and their safe return', language: 'ar' },
  chn: { behalf_of: 'g77', level: 'minister' },
};

async function list(count) {
  for (const participant of [...FIRST, ...OTHERS].slice(0, count)) await send('POST', '/requests', { id: `r-${++made}`, participant, ...MORE[participant] });
}

/** Kenya speaks, with so many seconds left. */
async function speaks(left) {
  await list(9);
  await send('PUT', '/floor', { id: `i-${++made}`, participant: 'ken' });
  await remaining(left);
}

/** So many seconds are left of whoever speaks. */
async function remaining(left) {
  const { state, now_ms: now } = await server.state();
  const { used_ms: used, since_ms: since = now } = state.floor.timer;
  // An overtime needs time that was used.
  await send('PATCH', '/floor', { limit_ms: Math.max(1000, Math.round(used + now - since + left * 1000)) });
}

/** Each state: how it comes about, and how it is freshened before each page is photographed. */
const STATES = {
  'not-begun': { begin: () => send('PATCH', '/panels/morning', { status: 'closed', list: 'closed' }) },
  idle: { begin: () => undefined },
  'list-of-3': { begin: () => list(3) },
  'list-of-60': { begin: () => list(60) },
  running: { begin: () => speaks(150), fresh: () => remaining(150) },
  warning: { begin: () => speaks(25), fresh: () => remaining(28) },
  overtime: {
    async begin() {
      await speaks(150);
      await new Promise((r) => setTimeout(r, 8000));
    },
    fresh: () => send('PATCH', '/floor', { limit_ms: 1000 }),
  },
  paused: {
    async begin() {
      await speaks(95);
      await send('PATCH', '/floor', { timer: 'pause' });
    },
  },
  'point-of-order': {
    async begin() {
      await speaks(120);
      await send('PUT', '/floor', { id: `i-${++made}`, participant: 'gbr', kind: 'point_of_order' });
    },
    fresh: () => remaining(100),
  },
  message: {
    async begin() {
      await speaks(150);
      await send('PATCH', '/panels/morning', { limit_ms: 120_000, announce: true });
    },
    fresh: () => remaining(150),
    end: () => send('PATCH', '/panels/morning', { limit_ms: 180_000 }),
  },
  suspended: {
    async begin() {
      await list(9);
      await send('PATCH', '/panels/morning', { status: 'suspended' });
    },
  },
  closed: {
    async begin() {
      await list(5);
      await send('PATCH', '/panels/morning', { status: 'closed', list: 'closed' });
    },
  },
  offline: {
    begin: () => speaks(150),
    cut: true,
  },
  refused: { begin: () => speaks(150), refused: true },
};

// --- the pages

/** A page on a device of its own. One that is refused has lost its link, or has the wrong code. */
async function visit(proxy, name, lang, theme, refused) {
  const { role, delegate, path } = PAGES[name];
  const page = await open(browser, 'about:blank', 'tablet', { locale: lang, colorScheme: theme, viewport: SIZES.tablet });
  const base = proxy.link(server.base);
  if (role && !refused) await page.goto(proxy.link(server.links[role]));
  if (delegate) {
    const { answer } = await server.as(undefined, 'POST', '/join', { participant: delegate, code: server.links.join_code });
    const enter = new URL(`/${DEBATE}/enter`, base);
    enter.searchParams.set('token', refused ? `${answer.token}x` : answer.token);
    await page.goto(enter.href);
  }
  const url = new URL(path, base);
  if (role === 'display') {
    url.searchParams.set('lang', lang);
    if (theme === 'light') url.searchParams.set('theme', 'light');
  }
  await page.goto(url.href);
  if (name === 'join' && refused) {
    await page.locator('input[role=combobox]').fill('ken');
    await page.locator('.option').first().click();
    await page.locator('#code').fill('000000');
    await page.locator('button[type=submit]').click();
    await page.getByRole('alert').waitFor();
  }
  // A lower third shows nothing while nobody speaks.
  if (name !== 'display-lower-third') await page.waitForFunction(() => !document.querySelector('#app')?.matches(':empty'));
  return page;
}

const shots = [];

async function photograph(page, name, state, lang, theme) {
  for (const size of wished('sizes', Object.keys(SIZES))) {
    await page.setViewportSize(SIZES[size]);
    await page.waitForTimeout(size === '4k' ? 600 : 350); // what fits its text, and transitions
    const file = join(name, `${state}-${size}-${lang}-${theme}.jpg`);
    await page.screenshot({ path: join(dir, file), type: 'jpeg', quality: 70 });
    shots.push({ file, name, state, size, lang, theme });
  }
}

try {
  const names = wished('pages', Object.keys(PAGES));
  const langs = wished('langs', LANGS);
  const themes = wished('themes', THEMES);
  for (const name of names) mkdirSync(join(dir, name), { recursive: true });
  await send('PUT', '/panel', { panel: 'morning' });
  for (const state of wished('states', Object.keys(STATES))) {
    const begun = Date.now();
    await clear();
    const { begin, fresh, cut, refused, end } = STATES[state];
    await begin();
    const visits = names.flatMap((name) => langs.flatMap((lang) => themes.map((theme) => [name, lang, theme])));
    const one = async () => {
      for (let next; (next = visits.shift()); ) {
        const [name, lang, theme] = next;
        const proxy = await new Proxy(server.port).start();
        const page = await visit(proxy, name, lang, theme, refused);
        await fresh?.();
        if (cut) {
          await page.waitForTimeout(1000);
          proxy.cut();
          await page.waitForTimeout(1500);
        }
        await photograph(page, name, state, lang, theme);
        await page.context().close();
        proxy.stop();
      }
    };
    await Promise.all([one(), one(), one()]);
    await end?.();
    console.log(`${state}: ${Math.round((Date.now() - begun) / 1000)} s`);
  }
  writeFileSync(join(dir, 'index.html'), sheet());
  console.log(`${shots.length} pictures: ${join(dir, 'index.html')}`);
} finally {
  await browser.close();
  await server.kill();
}

/** The contact sheet: a row for each page and state. */
function sheet() {
  const rows = new Map();
  for (const s of shots) {
    const title = `${s.name}: ${s.state}`;
    rows.set(title, [...(rows.get(title) ?? []), s]);
  }
  const pictures = (some) => some.map(({ file, size, lang, theme }) => `<a href="${file}"><img loading="lazy" src="${file}" alt=""><small>${size} ${lang} ${theme}</small></a>`).join('\n');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Rostrum: every page in every state</title>
<style>
body { font: 16px/1.4 sans-serif; margin: 1rem; background: #ddd; }
section div { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; }
a { display: grid; color: inherit; text-decoration: none; } img { height: 200px; width: auto; }
</style>
${[...rows].map(([title, some]) => `<section><h2>${title}</h2><div>${pictures(some)}</div></section>`).join('\n')}
</html>
`;
}
