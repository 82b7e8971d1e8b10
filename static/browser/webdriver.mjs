// A small client of W3C WebDriver: what the tests need of it, and no more.
// https://www.w3.org/TR/webdriver2/

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // how an element travels, by the standard

/** What the driver refused; `code` as the standard names it, such as "stale element reference". */
export class DriverError extends Error {
  /** @param {string} what @param {{error: string, message: string}} value */
  constructor(what, value) {
    super(`${what}: ${value.error}: ${value.message}`);
    this.code = value.error;
  }
}

async function call(base, method, path, body) {
  const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new DriverError(`${method} ${path}`, value);
  return value;
}

/** A browser that a driver started, with its one window. */
export class Session {
  /** @param {string} driver the driver's address @param {Record<string, unknown>} capabilities that it must have */
  static async open(driver, capabilities) {
    const { sessionId } = await call(driver, 'POST', '/session', { capabilities: { alwaysMatch: capabilities } });
    return new Session(`${driver}/session/${sessionId}`);
  }

  /** @param {string} base */
  constructor(base) {
    this.base = base;
  }

  close() {
    return call(this.base, 'DELETE', '');
  }

  go(url) {
    return call(this.base, 'POST', '/url', { url });
  }

  reload() {
    return call(this.base, 'POST', '/refresh', {});
  }

  /** The outer size of the window, in pixels. */
  size(width, height) {
    return call(this.base, 'POST', '/window/rect', { width, height });
  }

  /** Runs a function in the page; what it gives must be JSON, an element, or a promise of one. Elements may be arguments. */
  run(f, ...args) {
    // A rejection would not say why: it is carried as a value.
    const script = `const done = arguments[arguments.length - 1], args = [...arguments].slice(0, -1);
      (async () => (${f})(...args))().then((value) => done({ value }), (e) => done({ error: String(e) }));`;
    return call(this.base, 'POST', '/execute/async', { script, args }).then(({ value, error }) => {
      if (error !== undefined) throw new Error(error);
      return value ?? undefined;
    });
  }

  click(element) {
    return call(this.base, 'POST', `/element/${element[ELEMENT]}/click`, {});
  }

  /** Types into an element, behind what is there. */
  type(element, text) {
    return call(this.base, 'POST', `/element/${element[ELEMENT]}/value`, { text });
  }

  /** A picture of what is seen, as PNG. */
  async picture() {
    return Buffer.from(await call(this.base, 'GET', '/screenshot'), 'base64');
  }
}
