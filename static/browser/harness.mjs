// What the browser tests share: the real program on a free port with data of its
// own, and Chromium, as people use them.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const DEBATE = 'ga-2008-trafficking';

/** How long anything may take before a test says that it does not happen, in milliseconds. */
export const PATIENCE = 120_000;

/** A folder of its own for a test, removed when the process ends. */
export function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'rostrum-browser-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * Builds the program once for a test file and returns its path. `tags`: fakeclock, for a server with `setAhead`.
 * The test command has built both, in the folder that ROSTRUM_BUILT names.
 */
export function build({ tags = '' } = {}) {
  if (process.env.ROSTRUM_BUILT) return join(process.env.ROSTRUM_BUILT, `rostrum${tags}`);
  const binary = join(folder(), 'rostrum');
  const done = spawnSync('go', ['build', '-tags', tags, '-o', binary, './cmd/rostrum'], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) throw new Error('the program does not build');
  return binary;
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A running server. `kill` ends it as a loss of power would; `start` starts it
 * again on the same data and port.
 */
export class Server {
  constructor(binary, { data = folder(), args = [] } = {}) {
    this.binary = binary;
    this.data = data;
    this.args = args;
    this.ahead = join(data, 'ahead');
  }

  /** Where the program was built with the tag fakeclock: so much more time has gone by than on the machine. @param {number} ms */
  setAhead(ms) {
    this.setClocks({ more: ms });
  }

  /**
   * The same, of all that becomes of a machine's clocks, in ms since the test began: how much more time went by, by how much its clock was
   * set, and how long it slept.
   * @param {{more?: number, set?: number, slept?: number}} is
   */
  setClocks({ more = 0, set = 0, slept = 0 }) {
    writeFileSync(`${this.ahead}.new`, [more, set, slept].map(Math.round).join(' '));
    renameSync(`${this.ahead}.new`, this.ahead);
  }

  async start() {
    this.port ??= await freePort();
    this.base = `http://127.0.0.1:${this.port}`;
    const file = join(this.data, 'links-of-test.json');
    rmSync(file, { force: true });
    this.process = spawn(
      this.binary,
      ['serve', '--addr', `127.0.0.1:${this.port}`, '--data', join(this.data, 'data'), '--links', file, ...this.args],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ROSTRUM_FAKE_CLOCK: this.ahead } },
    );
    process.once('exit', () => this.process.kill('SIGKILL'));
    const until = Date.now() + PATIENCE;
    for (;;) {
      if (existsSync(file) && (await fetch(`${this.base}/readyz`).catch(() => undefined))?.ok) break;
      if (this.process.exitCode !== null || Date.now() > until) throw new Error('the server does not start');
      await new Promise((r) => setTimeout(r, 20));
    }
    this.links = JSON.parse(readFileSync(file, 'utf8'))[DEBATE];
    return this;
  }

  async kill(signal = 'SIGKILL') {
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }

  token(role) {
    return new URL(this.links[role]).searchParams.get('token');
  }

  /** Sends a command as an officer, and fails unless it is carried out. */
  async send(method, path, body, role = 'chair') {
    const { status, answer } = await this.as(this.token(role), method, path, body);
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Sends a command with a token, and gives the status and the answer, whatever they are. */
  async as(token, method, path, body) {
    const answer = await fetch(`${this.base}/api/v1/debates/${DEBATE}${path}`, {
      method,
      headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, answer: JSON.parse(await answer.text()) };
  }

  /** Waits until the record holds a note that is as wanted. */
  async noted(wanted) {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const { record } = (await this.state()).state;
      if (Object.values(record).some((i) => i.note && wanted(i.note.text))) return;
      if (Date.now() > until) throw new Error('the note does not reach the record');
      await new Promise((r) => setTimeout(r, 100));
    }
  }

  /** The debate as the officers see it, with the server's clock. */
  async state() {
    return this.send('GET', '');
  }
}

/** The browser as people have it. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** The same engine without windows: a page costs a third. */
const SHELL = process.env.CHROMIUM_SHELL ?? CHROMIUM;
export const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** @param {{executable?: string, args?: string[]}} [how] executable: CHROMIUM where windows matter; args: more of them */
export function launch({ executable = SHELL, args = [] } = {}) {
  return chromium.launch({ executablePath: executable, args: [...ARGUMENTS, ...args] });
}

/** The devices of the room. */
export const DEVICES = {
  tablet: { viewport: { width: 1024, height: 768 }, hasTouch: true },
  wall: { viewport: { width: 1920, height: 1080 } },
  laptop: { viewport: { width: 1366, height: 768 } },
  phone: { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true },
};

/**
 * A page on a device of its own, in a language. Whatever the page logs as an error,
 * and every exception in it, is kept in `page.faults`.
 */
export async function open(browser, url, device, { locale = 'en', ...more } = {}) {
  const context = await browser.newContext({ ...DEVICES[device], locale, ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.on('pageerror', (e) => page.faults.push(String(e)));
  page.on('console', (m) => m.type() === 'error' && page.faults.push(m.text()));
  await page.goto(url);
  return page;
}

/** Waits until a page has drawn what it knew of. */
export const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(undefined)))));

/** What a page's countdown shows, in seconds, negative in overtime. */
export async function shown(page) {
  const text = (await page.locator('[data-countdown]').first().textContent()) ?? '';
  const digits = text.match(/(\+)?(?:(\d+):)?(\d+):(\d\d)/);
  if (!digits) return undefined;
  const seconds = Number(digits[2] ?? 0) * 3600 + Number(digits[3]) * 60 + Number(digits[4]);
  return digits[1] ? -seconds : seconds;
}

/**
 * A step of a test: what follows needs it. When it fails, the error names it, and
 * the pages are photographed into the folder that ROSTRUM_SHOTS names.
 */
export async function step(pages, name, act) {
  try {
    await act();
  } catch (e) {
    if (process.env.ROSTRUM_SHOTS) {
      for (const [who, page] of Object.entries(pages)) await page.screenshot({ path: join(process.env.ROSTRUM_SHOTS, `${who}.png`) });
    }
    throw new Error(`${name}: ${e.message || e.errors?.[0] || e}`, { cause: e });
  }
}

/**
 * Does something again and again until it gives something true, and gives that.
 * @template T @param {string} what is waited for @param {() => T | Promise<T>} act
 */
export async function until(what, act) {
  for (const end = performance.now() + PATIENCE; ; await new Promise((r) => setTimeout(r, 30))) {
    const value = await act();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${PATIENCE / 1000} s: ${what}`);
  }
}
