// A bad network: a TCP proxy before the server that delays what passes, unevenly, and
// can be cut. The order of bytes stays, as on any network that TCP runs over.

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

export class Proxy {
  /**
   * @param {number} port of the server
   * @param {{delay?: number, jitter?: number, seed?: number}} [how] ms on each way: `delay` always, and up to `jitter` more
   */
  constructor(port, { delay = 0, jitter = 0, seed = 1 } = {}) {
    this.to = port;
    this.delay = delay;
    this.jitter = jitter;
    this.random = random(seed);
    this.lost = false;
    /** @type {Set<import('node:net').Socket>} */
    this.sockets = new Set();
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
        this.#carry(from, to);
      }
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = /** @type {import('node:net').AddressInfo} */ (this.server.address()).port;
    return this;
  }

  /** @param {import('node:net').Socket} from @param {import('node:net').Socket} to */
  #carry(from, to) {
    let last = 0; // when what came before arrives
    const later = (/** @type {() => void} */ then) => {
      last = Math.max(last, performance.now() + this.delay + this.jitter * this.random());
      setTimeout(then, last - performance.now());
    };
    from.on('data', (bytes) => later(() => to.destroyed || to.write(bytes)));
    from.on('end', () => later(() => to.end()));
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

  stop() {
    this.cut();
    this.server?.close();
  }
}
