// Measures how soon a delegate's phone can be used over a slow network: its first visit by the join link, with nothing kept.
//   node static/browser/slow.mjs [--runs 5] [--langs en,ar,zh,ru] [--rate 50000] [--rtt 400] [--cpu 1] [--tls]
// The line is WebPageTest's "3G Slow": 400 kbit/s each way (50,000 bytes a second), a round trip of 400 ms. Times are counted from
// when the phone opens the link, with the opening of every connection.
//   seen      the join form is on the screen
//   usable    it takes three letters, and the delegation that they mean is offered
//   complete  all that asking for the floor needs is there and at work

import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { ARGUMENTS, CHROMIUM, Server, build, folder, open } from './harness.mjs';
import { Proxy } from './proxy.mjs';

const { values: wish } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    langs: { type: 'string', default: 'en,ar,zh,ru' },
    rate: { type: 'string', default: '50000' },
    rtt: { type: 'string', default: '400' },
    cpu: { type: 'string', default: '1' },
    tls: { type: 'boolean', default: false },
  },
});
/** What is typed, and who is meant. */
const COUNTRIES = { ar: ['كين', 'كينيا'], en: ['ken', 'Kenya'], es: ['ken', 'Kenya'], fr: ['ken', 'Kenya'], ru: ['кен', 'Кения'], zh: ['肯尼亚', '肯尼亚'] };

/** Watches in the page, in each frame: what is there, and once there is a field, types into it. */
function watch([typed, meant]) {
  const seen = (globalThis.seen = {});
  const at = (name) => (seen[name] ??= Math.round(performance.now()));
  const shows = (el) => el?.checkVisibility() && getComputedStyle(el).getPropertyValue('--target') !== '' && el.getBoundingClientRect().height >= 40;
  const frame = () => {
    const field = document.querySelector('input[role=combobox]');
    if (shows(field) && document.querySelector('button[type=submit]')?.textContent.trim()) {
      // What one frame has drawn is on the screen by the next.
      if (seen.drawn) {
        at('seen');
        if (field.value !== typed) {
          field.focus();
          field.value = typed;
        }
        const there = [...document.querySelectorAll('[role=option]')].some((o) => shows(o) && o.textContent.trim().startsWith(meant));
        if (there) at('usable');
        else field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
      at('drawn');
    }
    if (!seen.usable) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const range = (all) => `${median(all)} (${Math.min(...all)}–${Math.max(...all)})`;

const tls = wish.tls ? ['--tls-self'] : [];
const server = await new Server(build(), { data: folder(), args: tls }).start();
// A certificate that is refused first, and then taken all the same, would cost another connection.
const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, '--ignore-certificate-errors'] });
console.log(`${(Number(wish.rate) * 8) / 1000} kbit/s, ${wish.rtt} ms, ${wish.tls ? 'HTTP/2 over TLS' : 'HTTP/1.1'}, processor ${wish.cpu} times slower; ms: median (least–most) of ${wish.runs}`);
try {
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  for (const lang of wish.langs.split(',')) {
    const all = { seen: [], usable: [], complete: [] };
    let bytes = 0;
    for (let n = 0; n < Number(wish.runs); n++) {
      const proxy = await new Proxy(server.port, { delay: Number(wish.rtt) / 2, rate: Number(wish.rate) }).start();
      const page = await open(browser, 'about:blank', 'phone', { locale: lang });
      if (wish.cpu !== '1') await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: Number(wish.cpu) });
      await page.addInitScript(watch, COUNTRIES[lang]);
      const link = new URL(proxy.link(server.links.join));
      if (wish.tls) link.protocol = 'https:';
      await page.goto(link.href, { waitUntil: 'commit' });
      await page.waitForFunction(() => globalThis.seen?.usable, undefined, { timeout: 60_000, polling: 20 });
      bytes = proxy.brought;
      const { seen, usable } = await page.evaluate(() => globalThis.seen);
      all.seen.push(seen);
      all.usable.push(usable);
      await page.locator('#app select').waitFor({ timeout: 60_000 }); // drawn by the page's modules
      all.complete.push(await page.evaluate(() => Math.round(performance.now())));
      await page.context().close();
      proxy.stop();
    }
    console.log(`${lang}: seen ${range(all.seen)}  usable ${range(all.usable)}  complete ${range(all.complete)}; until then ${bytes} bytes`);
  }
} finally {
  await browser.close();
  await server.kill();
}
