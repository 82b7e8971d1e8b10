// A bad network: a TCP proxy before the server that delays what passes, unevenly, lets through so many bytes a
// second, and can be cut. The order of bytes stays, as on any network that TCP runs over.

import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/** A number generator that gives the same each time, so that a test's network does too. (mulberry32) @param {number} seed */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SEGMENT = 1460; // bytes that a packet carries
const HEADERS = 40; // its headers of IP and TCP
const FIRST = 10 * SEGMENT; // what a new connection may send before anything is acknowledged (RFC 6928)

/** One way of a line that carries so many bytes a second for all connections together, a packet after the other. */
class Line {
  /** @param {number} rate bytes a second */
  constructor(rate) {
    this.rate = rate;
    this.free = 0; // when the last packet will have gone
  }

  /** When a packet that is sent now has gone. @param {number} bytes */
  send(bytes) {
    this.free = Math.max(this.free, performance.now()) + (1000 * (bytes + HEADERS)) / this.rate;
    return this.free;
  }
}

export class Proxy {
  /**
   * With a `rate`, what TCP does to a page is here too: a connection takes a round trip to open, and sends ten packets, then
   * twice as many in each round trip. The kernel opens the connection to the proxy at once, so its first bytes wait here.
   * @param {number} port of the server
   * @param {{delay?: number, jitter?: number, rate?: number, seed?: number}} [how] ms on each way: `delay` always, and up to
   *   `jitter` more; `rate`: bytes a second on each way
   */
  constructor(port, { delay = 0, jitter = 0, rate, seed = 1 } = {}) {
    this.to = port;
    this.delay = delay;
    this.rate = rate;
    /** Bytes that came from the server, with the headers of their packets; only with a `rate`. */
    this.brought = 0;
    /** @type {Line[]} */
    this.lines = rate ? [new Line(rate), new Line(rate)] : [];
    this.jitter = jitter;
    this.random = random(seed);
    this.lost = false;
    this.held = false;
    /** @type {Set<import('node:net').Socket>} */
    this.sockets = new Set();
    /** @type {Set<() => void>} what lets through all that is due, on each way of each connection */
    this.ways = new Set();
  }

  async start() {
    this.server = createServer((near) => {
      if (this.lost) return near.destroy();
      const far = connect(this.to, '127.0.0.1');
      for (const [from, to] of [[near, far], [far, near]]) {
        this.sockets.add(from);
        from.setNoDelay(true);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
        if (this.rate) this.#pack(from, to, this.lines[from === near ? 0 : 1], from === near ? 2 * this.delay : 0);
        else this.#carry(from, to);
      }
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = /** @type {import('node:net').AddressInfo} */ (this.server.address()).port;
    return this;
  }

  /** @param {import('node:net').Socket} from @param {import('node:net').Socket} to */
  #carry(from, to) {
    let last = 0; // when what came before arrives
    /** @type {{at: number, then: () => void}[]} in a queue, since timers may end in another order than they were set, and too early */
    const queue = [];
    const pass = () => {
      if (this.held) return;
      while (queue.length > 0 && queue[0].at <= performance.now()) queue.shift()?.then();
      if (queue.length > 0) setTimeout(pass, queue[0].at - performance.now());
    };
    this.ways.add(pass);
    from.on('close', () => this.ways.delete(pass));
    const later = (/** @type {() => void} */ then) => {
      last = Math.max(last, performance.now() + this.delay + this.jitter * this.random());
      if (queue.push({ at: last, then }) === 1) pass();
    };
    from.on('data', (bytes) => later(() => to.destroyed || to.write(bytes)));
    from.on('end', () => later(() => to.end()));
  }

  /**
   * In packets over a line, as many at a time as TCP would have on the way.
   * @param {import('node:net').Socket} from @param {import('node:net').Socket} to @param {Line} line @param {number} wait ms until the connection is open
   */
  #pack(from, to, line, wait) {
    let [queued, away, window, open] = [Buffer.alloc(0), 0, FIRST, wait === 0];
    const after = (/** @type {number} */ ms, /** @type {() => void} */ then) => setTimeout(then, Math.max(0, ms));
    const pump = () => {
      while (open && queued.length > 0 && away < window) {
        const packet = queued.subarray(0, SEGMENT);
        queued = queued.subarray(packet.length);
        away += packet.length;
        const arrives = line.send(packet.length) + this.delay;
        after(arrives - performance.now(), () => {
          if (line === this.lines[1]) this.brought += packet.length + HEADERS;
          if (!to.destroyed) to.write(packet);
        });
        after(arrives + this.delay - performance.now(), () => {
          away -= packet.length;
          window += packet.length;
          pump();
        });
      }
    };
    if (!open) {
      setTimeout(() => {
        open = true;
        pump();
      }, wait);
    }
    from.on('data', (bytes) => {
      queued = Buffer.concat([queued, bytes]);
      pump();
    });
    from.on('end', () => after(Math.max(line.free - performance.now(), 0) + this.delay, () => to.end()));
  }

  /** A link to the server, by way of the proxy. @param {string} url */
  link(url) {
    const by = new URL(url);
    by.port = String(this.port);
    return by.href;
  }

  /** The network is gone: every connection breaks, and there are no new ones. */
  cut() {
    this.lost = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** The network is back. */
  mend() {
    this.lost = false;
  }

  /** Nothing passes, and nothing is lost, until `go`. */
  hold() {
    this.held = true;
  }

  go() {
    this.held = false;
    for (const pass of this.ways) pass();
  }

  stop() {
    this.cut();
    this.server?.close();
  }
}
