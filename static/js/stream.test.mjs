import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Clock } from './clock.js';
import { connect } from './stream.js';

/** The sockets that the page has opened, the latest last. */
let sockets = [];
/** What the stream said of itself. */
let said = [];
let stream;

class Socket {
  static OPEN = 1;
  constructor() {
    this.readyState = Socket.OPEN;
    sockets.push(this);
  }
  send() {}
  close() {}
  /** The server sends a state. */
  tells() {
    this.onopen?.();
    this.onmessage?.({ data: JSON.stringify({ type: 'snapshot', seq: 1, epoch: 'e', now_ms: 0, state: {} }) });
  }
  /** The server closes. */
  ends(code) {
    this.onclose?.({ code });
  }
}

const listener = { addEventListener() {}, removeEventListener() {} };

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  Object.assign(globalThis, {
    WebSocket: Socket, window: listener, document: { ...listener, hidden: false }, location: { href: 'http://room.test/' },
    requestAnimationFrame: () => 0, cancelAnimationFrame() {}, fetch: async () => ({ status: 200 }),
  });
  sockets = [];
  said = [];
  stream = connect({ debate: 'd', clock: new Clock(), onState() {}, onStatus: (status) => said.push(status) });
});
afterEach(() => {
  stream.close();
  mock.timers.reset();
});

test('a stream that gave way to others comes back later, and says so meanwhile', () => {
  for (const random of [0, 0.999]) {
    mock.method(Math, 'random', () => random);
    const before = sockets.length;
    sockets.at(-1).tells();
    assert.equal(said.at(-1).kind, 'live');
    sockets.at(-1).ends(1013);
    assert.deepEqual([said.at(-1).kind, said.at(-1).crowded], ['stale', true]);
    const wait = 5000 + 25_000 * random;
    mock.timers.tick(wait - 1);
    assert.equal(sockets.length, before, 'too soon');
    mock.timers.tick(1);
    assert.equal(sockets.length, before + 1, 'it does not come back');
    assert.deepEqual([said.at(-1).kind, said.at(-1).crowded], ['stale', true], 'until there is a state again');
    mock.restoreAll();
  }
  sockets.at(-1).tells();
  assert.deepEqual([said.at(-1).kind, said.at(-1).crowded], ['live', false]);
});

test('while there is no place for it, it keeps coming back as late', async () => {
  mock.method(Math, 'random', () => 0);
  sockets.at(-1).tells();
  sockets.at(-1).ends(1013);
  mock.timers.tick(5000);
  for (let tries = 2; tries < 6; tries++) {
    assert.equal(sockets.length, tries);
    sockets.at(-1).ends(1006); // refused
    await new Promise((done) => setImmediate(done)); // it asks why
    mock.timers.tick(4999);
    assert.equal(sockets.length, tries, 'too soon');
    assert.equal(said.at(-1).crowded, true);
    mock.timers.tick(1);
  }
  mock.restoreAll();
});

test('after a restart of the server it comes back at once', () => {
  mock.method(Math, 'random', () => 0.999);
  sockets.at(-1).tells();
  sockets.at(-1).ends(1012);
  assert.ok(!said.at(-1).crowded);
  mock.timers.tick(999);
  assert.equal(sockets.length, 2);
  mock.restoreAll();
});
