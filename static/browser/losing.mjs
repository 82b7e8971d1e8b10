// A bad gateway: an HTTP server before the real one that loses single answers, each in its own way.

import { createServer, request } from 'node:http';
import { once } from 'node:events';

/**
 * How an answer is lost. `reset`: the connection breaks. `503`, `502`: a gateway answers in its place. `cut`: it breaks off in the middle.
 * `hang`: it never comes. A function makes another text of it.
 * @typedef {'reset' | '503' | '502' | 'cut' | 'hang' | ((text: string) => string)} Loss
 */

export class Gateway {
  /** @param {() => number} port of the server */
  constructor(port) {
    this.to = port;
    /** What becomes of the next answers for a path. @type {Map<string, Loss[]>} */
    this.losses = new Map();
    /** Paths, in the order in which they were asked for. @type {string[]} */
    this.asked = [];
    /** Called for each request, before it is passed on. @type {(path: string) => void} */
    this.onRequest = () => {};
    /** What files of the pages wait for. @type {Promise<void> | undefined} */
    this.held = undefined;
    /** @type {Set<import('node:net').Socket>} */
    this.sockets = new Set();
  }

  /** Loses the next answer for each of these paths. @param {Loss} how @param {string[]} paths */
  lose(how, ...paths) {
    for (const path of paths) this.losses.set(path, [...(this.losses.get(path) ?? []), how]);
  }

  /** What was to be lost, and was not asked for. */
  get left() {
    return [...this.losses].flatMap(([path, losses]) => losses.map(() => path));
  }

  /** Loses nothing any more. */
  forget() {
    this.losses.clear();
    this.onRequest = () => {};
    this.held = undefined;
  }

  async start() {
    this.server = createServer((req, res) => this.#answer(req, res));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server.on('upgrade', (req, socket) => {
      const on = request({ host: '127.0.0.1', port: this.to(), path: req.url, headers: req.headers });
      on.on('upgrade', (answer, far, head) => {
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${Object.entries(answer.headers).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
        socket.write(head);
        far.pipe(socket).pipe(far);
        far.on('error', () => socket.destroy());
        socket.on('error', () => far.destroy());
      });
      on.on('response', () => socket.destroy());
      on.on('error', () => socket.destroy());
      on.end();
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = /** @type {import('node:net').AddressInfo} */ (this.server.address()).port;
    return this;
  }

  async #answer(req, res) {
    const path = req.url.split('?')[0];
    if (path.startsWith('/static/')) await this.held;
    this.asked.push(path);
    this.onRequest(path);
    const [loss, ...rest] = this.losses.get(path) ?? [];
    this.losses.set(path, rest);
    if (loss === 'hang') return;
    if (loss === 'reset') return void res.destroy();
    if (loss === '503' || loss === '502') return void res.writeHead(Number(loss), { 'Content-Type': 'text/html' }).end('<h1>Bad gateway</h1>');
    const headers = { ...req.headers };
    if (loss) delete headers['accept-encoding'], delete headers['if-none-match'];
    const on = request({ host: '127.0.0.1', port: this.to(), path: req.url, method: req.method, headers }, async (answer) => {
      if (!loss) {
        res.writeHead(answer.statusCode, answer.headers);
        answer.pipe(res);
        return;
      }
      const whole = Buffer.concat(await answer.toArray());
      const body = loss === 'cut' ? whole.subarray(0, whole.length / 2) : Buffer.from(loss(String(whole)));
      const { etag, ...out } = answer.headers;
      res.writeHead(answer.statusCode, { ...out, 'content-length': String(loss === 'cut' ? whole.length : body.length) });
      if (loss === 'cut') res.write(body, () => setTimeout(() => res.destroy(), 20));
      else res.end(body);
    });
    on.on('error', () => res.destroy());
    req.pipe(on);
  }

  /** A link to the server, by way of the gateway. @param {string} url */
  link(url) {
    const by = new URL(url);
    by.port = String(this.port);
    return by.href;
  }

  stop() {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
