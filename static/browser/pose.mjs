// A page that is shown a state made by hand: its stream and its identity are ours, all else is the server's.

import { DEBATE, PATIENCE, drawn } from './harness.mjs';

/** Keeps in mind which state a page was given last, and which one it has drawn. Runs in each page before its own scripts. */
function follow() {
  window.posed = { given: 0, drawn: 0 };
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => (window.posed.given = JSON.parse(data).seq ?? window.posed.given));
    }
  };
  addEventListener('rostrum-begun', () => (window.posed.drawn = window.posed.given)); // after each drawing (app.js)
}

/**
 * Shows a page a state before it is opened. `more.me` is what the page is told of itself; `more.answer` answers its commands
 * (`{status, body, headers}`), by default as if they were done.
 * The result's `show` shows it another state, `drawn` waits until a page has drawn the last one and is at rest, `leave` lets the server go away.
 */
export async function pose(context, make, { me, answer, problem } = {}) {
  const sockets = new Set();
  const commands = [];
  let [state, seq, gone] = [make, 1, false];
  const snapshot = () => JSON.stringify({ type: 'snapshot', seq, epoch: 'made', now_ms: Date.now(), state: clean(state(Date.now())) });
  await context.routeWebSocket(/\/stream/, (ws) => {
    if (gone || problem) return ws.close({ code: 1011 });
    sockets.add(ws);
    ws.onMessage((text) => {
      const { t0 } = JSON.parse(String(text));
      ws.send(JSON.stringify({ type: 'pong', t0, t1: Date.now(), t2: Date.now() }));
    });
    ws.send(snapshot());
  });
  await context.addInitScript(follow); // over the socket that is routed
  await context.route(new RegExp(`/api/v1/debates/${DEBATE}`), async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.slice(`/api/v1/debates/${DEBATE}`.length);
    if (gone) return route.abort('connectionrefused');
    if (path === '/me') return me ? route.fulfill({ json: me }) : route.fulfill({ status: 401, json: { code: 'no_token' } });
    if (path.startsWith('/roster')) return route.continue({ url: request.url().replace(/&as=\w+/, '') });
    if (request.method() !== 'GET') {
      commands.push({ method: request.method(), path, body: request.postData() });
      const { status = 200, body = { seq }, headers } = answer?.(request.method(), path, request) ?? {};
      return route.fulfill({ status, json: body, headers });
    }
    if (problem) return route.fulfill({ status: problem.status ?? 401, json: problem });
    const { status = 200, body } = answer?.('GET', path, request) ?? {};
    return route.fulfill({ status, json: body ?? { seq, epoch: 'made', now_ms: Date.now(), state: clean(state(Date.now())) } });
  });
  return {
    commands,
    show(next) {
      [state, seq] = [next, seq + 1];
      for (const ws of sockets) ws.send(snapshot());
    },
    async drawn(page) {
      await page.waitForFunction((n) => window.posed.drawn >= n, seq, { timeout: PATIENCE });
      await drawn(page); // what a drawing brings about (sizes, a notice that is new) is in the frames after it
      const rest = () => [...document.images].every((img) => img.complete) && [...document.querySelectorAll('[data-countdown]')].every((el) => /\d/.test(el.textContent ?? ''));
      await page.waitForFunction(rest, undefined, { timeout: PATIENCE });
    },
    leave() {
      gone = true;
      for (const ws of sockets) ws.close({ code: 1012 });
      sockets.clear();
    },
    back() {
      gone = false;
    },
  };
}

/** What is undefined is absent on the wire. */
const clean = (state) => JSON.parse(JSON.stringify(state));
