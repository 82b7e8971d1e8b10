// Commands to the server. Every command carries an id of its sender, so sending it again after a lost answer does no harm.

/** @import { Answer, Me, Problem, Role } from './types.js' */

/** A refusal or a failure: what the server said, or code "network" when nobody answered. */
export class ProblemError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail || problem.title || problem.code);
    this.name = 'ProblemError';
    this.problem = problem;
    this.code = problem.code;
    this.status = problem.status ?? 0;
    this.field = problem.field;
    this.detail = problem.detail;
  }
}

/** What came in the page itself, as with a phone's first page; undefined when it did not. @param {'messages' | 'roster'} kind @param {string} name */
export function brought(kind, name) {
  const text = globalThis.document?.querySelector(`script[data-${kind}="${name}"]`)?.textContent;
  return text ? JSON.parse(text) : undefined;
}

/** A new id for a request, an intervention or a command. (crypto.randomUUID is missing where the page came by plain HTTP.) */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** @param {number} ms */
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Reads an answer's problem, whatever a proxy between may have made of it. @param {Response} res @returns {Promise<Problem>} */
export async function problemOf(res) {
  const body = await res.json().catch(() => undefined);
  const code = typeof body?.code === 'string' ? body.code : 'unknown';
  const wait = Number(res.headers.get('Retry-After') || NaN); // in seconds; as a date it is not understood
  return { ...(typeof body === 'object' ? body : undefined), code, status: res.status, ...(wait >= 0 && { retry_ms: wait * 1000 }) };
}

/**
 * One try: the answer's JSON, or a ProblemError.
 * @param {string} url
 * @param {RequestInit} init
 * @param {number} timeoutMs
 */
async function once(url, init, timeoutMs) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const res = await fetch(url, { ...init, signal: abort.signal, credentials: 'same-origin' });
    if (!res.ok) throw new ProblemError(await problemOf(res));
    return res.status === 204 ? {} : await res.json();
  } catch (err) {
    if (err instanceof ProblemError) throw err;
    throw new ProblemError({ code: 'network', status: 0 });
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody answered, or the server cannot just now: worth another try with the same id. @param {unknown} err */
const passing = (err) => err instanceof ProblemError && (err.code === 'network' || [502, 503, 504].includes(err.status));

/**
 * @typedef {object} Options
 * @property {string} [key] Idempotency-Key; made if neither it nor an `id` in the body is given
 * @property {number} [timeoutMs] of one try, 8 s
 * @property {number} [tries] 4
 * @property {string} [as] another role than the page's
 */

/** The commands of one debate, in one role. */
export class Api {
  /** @param {string} debate @param {Role | undefined} role */
  constructor(debate, role) {
    this.debate = debate;
    /** @type {Role | undefined} */
    this.role = role;
  }

  /** `path` of this debate, with the role and other parameters. @param {string} path like "/floor?floor=x" @param {string} [as] */
  url(path, as = this.role) {
    const role = as ? `${path.includes('?') ? '&' : '?'}as=${as}` : '';
    return `/api/v1/debates/${encodeURIComponent(this.debate)}${path}${role}`;
  }

  /**
   * Sends a command and waits for its answer. Throws ProblemError; when its code is "network", the command may or may not
   * have been done, and sending it again with the same id is safe.
   * @param {'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
   * @param {string} path
   * @param {Record<string, unknown>} [body]
   * @param {Options} [options]
   * @returns {Promise<Answer>}
   */
  async command(method, path, body, options = {}) {
    const { timeoutMs = 8000, tries = 4 } = options;
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' };
    if (body) headers['Content-Type'] = 'application/json';
    if (options.key !== undefined || body?.id === undefined) headers['Idempotency-Key'] = options.key ?? newId();
    const init = { method, headers, body: body && JSON.stringify(body) };
    for (let n = 1; ; n++) {
      try {
        return await once(this.url(path, options.as), init, timeoutMs);
      } catch (err) {
        if (n >= tries || !passing(err)) throw err;
        await sleep(2 ** n * 150 * (0.5 + Math.random()));
      }
    }
  }

  /**
   * Reads something. Not tried again.
   * @param {string} path
   * @param {Options} [options]
   * @returns {Promise<any>}
   */
  get(path, options = {}) {
    return once(this.url(path, options.as), { headers: { Accept: 'application/json' } }, options.timeoutMs ?? 8000);
  }

  /** Who this page is, or undefined when it has no (valid) badge for the role. @param {Role} [as] @returns {Promise<Me | undefined>} */
  async me(as = this.role) {
    try {
      return await this.get('/me', { as });
    } catch (err) {
      if (err instanceof ProblemError && [401, 403].includes(err.status)) return undefined;
      throw err;
    }
  }
}
