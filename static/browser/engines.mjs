// The browsers of the room behind one face, so that a test is written once: Chromium by
// playwright, Firefox by puppeteer (WebDriver BiDi), WebKit by its own WebDriver. What an
// engine has to give is in `Tab`; everything else is in page.mjs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { CHROMIUM, DEVICES, freePort, launch, PATIENCE } from './harness.mjs';
import { Page } from './page.mjs';
import { Session } from './webdriver.mjs';

/**
 * @typedef {object} Tab What an engine gives of a page. Functions are carried into the page by their text.
 * @property {string[]} faults exceptions in the page and what it logged as an error
 * @property {(url: string) => Promise<unknown>} go
 * @property {() => Promise<unknown>} reload
 * @property {(f: Function, ...args: unknown[]) => Promise<any>} run gives JSON
 * @property {(f: Function, ...args: unknown[]) => Promise<any>} find gives an element, or nothing
 * @property {(element: any) => Promise<unknown>} click as a person does, or fails
 * @property {(element: any, text: string) => Promise<unknown>} type behind what is there
 * @property {(path: string) => Promise<unknown>} picture
 * @property {() => Promise<unknown>} close
 */

const engines = { chromium: startChromium, firefox: startFirefox, webkit: startWebKit };

/** The engine that ROSTRUM_BROWSER names; Chromium where it names none. */
export const engineName = process.env.ROSTRUM_BROWSER || 'chromium';

/**
 * Starts the engine. `open` gives a page on a device of its own, with its own cookies, in a language.
 * @returns {Promise<{open: (url: string, device: keyof typeof DEVICES, more?: {locale?: string}) => Promise<Page>, close: () => Promise<void>}>}
 */
export async function startEngine(name = engineName) {
  if (!Object.hasOwn(engines, name)) throw new Error(`there is no engine ${name}: ${Object.keys(engines).join(', ')}`);
  const { tab, close } = await engines[name]();
  return {
    async open(url, device, { locale = 'en' } = {}) {
      const page = new Page(await tab(DEVICES[device], locale));
      await page.go(url);
      return page;
    },
    close,
  };
}

async function startChromium() {
  const browser = await launch({ executable: CHROMIUM });
  return {
    async tab(device, locale) {
      const context = await browser.newContext({ ...device, locale });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      const faults = [];
      page.on('pageerror', (e) => faults.push(String(e)));
      page.on('console', (m) => m.type() === 'error' && faults.push(m.text()));
      const run = (how, f, args) => page[how](`(${f})(...${JSON.stringify(args)})`);
      return {
        faults,
        go: (url) => page.goto(url),
        reload: () => page.reload(),
        run: (f, ...args) => run('evaluate', f, args),
        find: async (f, ...args) => (await run('evaluateHandle', f, args)).asElement(),
        click: (element) => element.click(),
        type: (element, text) => element.type(text),
        picture: (path) => page.screenshot({ path }),
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}

async function startFirefox() {
  /** One for each language: a context cannot have another than its browser. @type {Map<string, import('puppeteer-core').Browser>} */
  const browsers = new Map();
  const speaking = async (locale) => {
    const browser = browsers.get(locale) ?? (await puppeteer.launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      headless: true,
      extraPrefsFirefox: { 'intl.accept_languages': locale },
    }));
    browsers.set(locale, browser);
    return browser;
  };
  return {
    async tab({ viewport }, locale) {
      const context = await (await speaking(locale)).createBrowserContext();
      const page = await context.newPage({ type: 'window' }); // tabs behind another are not drawn
      page.setDefaultTimeout(PATIENCE);
      await page.setViewport(viewport);
      const faults = [];
      page.on('pageerror', (e) => faults.push(String(e)));
      page.on('console', (m) => m.type() === 'error' && faults.push(m.text()));
      return {
        faults,
        go: (url) => page.goto(url),
        reload: () => page.reload(),
        run: (f, ...args) => page.evaluate(`(${f})(...${JSON.stringify(args)})`),
        find: async (f, ...args) => (await page.evaluateHandle(`(${f})(...${JSON.stringify(args)})`)).asElement(),
        click: (element) => element.click(),
        type: (element, text) => element.type(text),
        picture: (path) => page.screenshot({ path }),
        close: () => context.close(),
      };
    },
    close: async () => void (await Promise.all([...browsers.values()].map((b) => b.close()))),
  };
}

/** Where Debian puts WebKit's own small browser. */
function miniBrowser() {
  if (process.env.MINIBROWSER) return process.env.MINIBROWSER;
  const folder = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const version = readdirSync(folder).filter((name) => name.startsWith('webkit2gtk-')).sort().at(-1);
  if (!version) throw new Error('WebKit needs the packages webkit2gtk-driver and xvfb');
  return `${folder}/${version}/MiniBrowser`;
}

async function startWebKit() {
  // It draws only to a screen: one in memory.
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '2048x1280x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  process.once('exit', () => screen.kill('SIGKILL'));
  const [number] = await once(screen.stdio[3], 'data');
  const display = `:${String(number).trim()}`;
  const drivers = [];
  return {
    async tab({ viewport }, locale) {
      // A driver has one session, and a session one set of cookies.
      const port = await freePort();
      const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
        stdio: 'ignore',
        env: { ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', NO_AT_BRIDGE: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
      });
      drivers.push(driver);
      process.once('exit', () => driver.kill('SIGKILL'));
      const base = `http://127.0.0.1:${port}`;
      for (const until = Date.now() + PATIENCE; ; await new Promise((r) => setTimeout(r, 50))) {
        if ((await fetch(`${base}/status`).catch(() => undefined))?.ok) break;
        if (Date.now() > until) throw new Error('WebKitWebDriver does not start');
      }
      const session = await Session.open(base, { 'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] } });
      await session.size(viewport.width, viewport.height);
      // Its language is that of the machine, and it tells no driver what a page logs.
      const inLanguage = (url) => {
        const u = new URL(url);
        if (locale !== 'en') u.searchParams.set('lang', locale);
        return u.href;
      };
      const faults = [];
      return {
        faults,
        go: (url) => session.go(inLanguage(url)),
        reload: () => session.reload(),
        run: (f, ...args) => session.run(f, ...args),
        find: (f, ...args) => session.run(f, ...args),
        click: (element) => session.click(element),
        type: (element, text) => session.type(element, text),
        picture: async (path) => writeFileSync(path, await session.picture()),
        close: () => session.close(),
        // What was thrown since the page loaded.
        watch: () => session.run(() => {
          window.faults ??= [];
          addEventListener('error', (e) => window.faults.push(e.message));
          addEventListener('unhandledrejection', (e) => window.faults.push(String(e.reason)));
        }),
        faultsInPage: () => session.run(() => window.faults ?? []),
      };
    },
    close: async () => {
      for (const driver of drivers) driver.kill();
      screen.kill();
    },
  };
}
