// Names as long as names get, in three scripts, on every page that shows who speaks:
// nothing leaves the page, is cut off, or lies over the digits.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DEBATE, PATIENCE, Server, build, launch, open } from './harness.mjs';

/** What is too wide for the page, or cut off though it has no mark of it; what lies over the digits. */
const misfits = () => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
  const seen = (el) => el.getBoundingClientRect().width > 0 && getComputedStyle(el).visibility === 'visible' && !el.closest('.visually-hidden');
  const sideways = (el) => el !== document.body && (/auto|scroll/.test(getComputedStyle(el).overflowX) && el.scrollWidth > el.clientWidth + 1 ? true : sideways(el.parentElement));
  for (const el of document.querySelectorAll('.name')) {
    if (!seen(el)) continue;
    if (sideways(el)) continue; // it can be scrolled to
    const box = el.getBoundingClientRect();
    if (box.left < -1 || box.right > innerWidth + 1) wrong.push(`${el.textContent} leaves the page`);
    for (let up = el.parentElement; up && up !== document.body; up = up.parentElement) {
      const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(up);
      if (textOverflow === 'ellipsis' || webkitLineClamp !== 'none') continue; // it says that there is more
      const frame = up.getBoundingClientRect();
      const aside = /hidden|clip/.test(overflowX) && (box.right > frame.right + 1 || box.left < frame.left - 1);
      // A line's box is a little higher than its letters.
      const below = /hidden|clip/.test(overflowY) && (box.bottom > frame.bottom + box.height / 4 || box.top < frame.top - box.height / 4);
      if (aside || below) wrong.push(`${el.textContent} is cut off`);
    }
  }
  for (const digits of document.querySelectorAll('[data-countdown]')) {
    if (!seen(digits)) continue;
    const d = digits.getBoundingClientRect();
    if (d.left < -1 || d.right > innerWidth + 1 || d.top < -1 || d.bottom > innerHeight + 1) wrong.push('the digits leave the screen');
    for (const el of document.querySelectorAll('.name')) {
      const n = el.getBoundingClientRect();
      if (seen(el) && n.left < d.right && d.left < n.right && n.top < d.bottom - 2 && d.top < n.bottom - 2) wrong.push(`${el.textContent} lies over the digits`);
    }
  }
  return wrong;
};

/** A name of one long word in each script, for which no line has a place to break. */
const LONG = {
  id: 'long-name',
  category: 'civil_society',
  name: {
    en: 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch',
    ar: 'الجمعيةالعالميةلمكافحةالاتجاربالأشخاصوحمايةالضحاياوتعزيزالتعاون',
    zh: '打击贩运人口保护受害者和加强国际合作世界联合会常设秘书处办公室',
  },
};

test('names as long as names get', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  const { links } = server;
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  await server.send('POST', '/participants', LONG);
  for (const participant of ['unhcr-assistant-high-commissioner', 'prk', 'bol', 'osce-special-representative', 'stp']) {
    await server.send('POST', '/requests', { id: `r-${participant}`, participant, behalf_of: 'nam', speaker: 'H.E. Dr. Maximiliana Featherstonehaugh-Cholmondeley, Deputy Prime Minister and Minister of Foreign Affairs' });
  }

  for (const [who, role, path, device, more] of [
    ['the chair', 'chair', 'chair', 'tablet'],
    ['the chair on a phone', 'chair', 'chair', 'phone', { viewport: { width: 320, height: 568 } }],
    ['the wall', 'display', 'display', 'wall'],
    ['a projector', 'display', 'display', 'wall', { viewport: { width: 1024, height: 768 } }],
    ['a totem', 'display', 'display', 'wall', { viewport: { width: 1080, height: 1920 } }],
    ['the waiting room', 'display', 'display?view=list', 'wall'],
    ['the rapporteur', 'rapporteur', 'record', 'laptop'],
  ]) {
    await t.test(who, async () => {
      const page = await open(browser, links[role], device, { reducedMotion: 'reduce', ...more });
      for (const lang of ['en', 'ar', 'zh']) {
        await page.goto(`${server.base}/${DEBATE}/${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
        await page.waitForFunction((lang) => document.documentElement.lang === lang && [...document.querySelectorAll('.name')].some((n) => n.textContent.length > 3), lang);
        for (const participant of ['gbr', LONG.id]) {
          const id = `${participant}-${Math.random()}`.slice(0, 40);
          await server.send('PUT', '/floor', { id, participant });
          const { participants } = await server.send('GET', `/roster?lang=${lang}`);
          const { name } = participants.find((p) => p.id === participant);
          await page.waitForFunction((name) => [...document.querySelectorAll('.name')].some((n) => n.textContent === name), name);
          // The texts of the wall are fitted when the names are there.
          let wrong;
          for (const until = Date.now() + PATIENCE; (wrong = await page.evaluate(misfits)).length > 0 && Date.now() < until; ) await new Promise((r) => setTimeout(r, 100));
          if (wrong.length && process.env.ROSTRUM_SHOTS) await page.screenshot({ path: join(process.env.ROSTRUM_SHOTS, `${who} ${participant} ${lang}.png`) });
          assert.deepEqual([...new Set(wrong)], [], `${participant}, ${lang}`);
        }
      }
      assert.deepEqual(page.faults.filter((f) => !/Failed to load resource/.test(f)), []);
      await page.context().close();
    });
  }
});
