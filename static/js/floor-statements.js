// Written statements of a delegation: a text or a PDF beside the record, for those who were not reached or have more to say.

/** @import { Problem, Statement } from './types.js' */
/** @import { Api } from './api.js' */
import { ProblemError, newId } from './api.js';

const MOST = 10 * 1024 * 1024; // bytes
/** @type {Record<string, string>} */
const TYPES = { txt: 'text/plain', pdf: 'application/pdf' };

/** What stands against a file; undefined: nothing. @param {{name: string, size: number}} file @returns {'type' | 'size' | 'empty' | undefined} */
export function against({ name, size }) {
  if (!typeOf(name)) return 'type';
  return size > MOST ? 'size' : size === 0 ? 'empty' : undefined;
}

/** By its name: what a device says of a file's type is not the same on all. @param {string} name */
export const typeOf = (name) => {
  const end = name.toLowerCase().split('.').pop() ?? '';
  return Object.hasOwn(TYPES, end) ? TYPES[end] : undefined;
};

export class Statements {
  /** @param {Api} api @param {string} participant @param {() => void} onChange */
  constructor(api, participant, onChange) {
    this.api = api;
    this.participant = participant;
    this.onChange = onChange;
    /** @type {Statement[] | undefined} */
    this.list = undefined;
    /** @type {{id: string, file: File, part: number} | undefined} part: sent so far, 0 to 1 */
    this.sending = undefined;
    /** @type {Problem | {code: 'type' | 'size' | 'empty'} | undefined} */
    this.problem = undefined;
    /** @type {string | undefined} the one that waits for a second tap to be removed */
    this.sure = undefined;
  }

  async read() {
    try {
      const { statements } = await this.api.get('/statements');
      this.list = statements.filter((/** @type {Statement} */ s) => s.participant === this.participant);
      this.problem = undefined;
    } catch (err) {
      this.fail(err);
    }
    this.onChange();
  }

  /** @param {File} file @param {string} panel */
  async send(file, panel) {
    const wrong = against(file);
    this.problem = wrong && { code: wrong };
    if (wrong || this.sending) return this.onChange();
    this.sending = { id: newId(), file, part: 0 };
    this.onChange();
    try {
      // A lost answer does no harm: the id is the same.
      for (let n = 1; ; n++) {
        try {
          await this.post(panel);
          break;
        } catch (err) {
          if (n === 3 || !(err instanceof ProblemError) || err.code !== 'network') throw err;
        }
      }
      this.sending = undefined;
      await this.read();
    } catch (err) {
      this.sending = undefined;
      this.fail(err);
      this.onChange();
    }
  }

  /** One try. XMLHttpRequest, since fetch does not tell how far an upload has come. @private @param {string} panel @returns {Promise<void>} */
  post(panel) {
    const { id, file } = /** @type {NonNullable<Statements['sending']>} */ (this.sending);
    const query = new URLSearchParams({ id, participant: this.participant, panel, name: file.name });
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open('POST', this.api.url(`/statements?${query}`));
      request.setRequestHeader('Content-Type', typeOf(file.name) ?? '');
      request.upload.onprogress = (e) => {
        if (this.sending && e.lengthComputable) this.sending.part = e.loaded / e.total;
        this.onChange();
      };
      request.onerror = request.ontimeout = () => failed(new ProblemError({ code: 'network' }));
      request.onload = () => {
        if (request.status < 300) return done();
        let problem = { code: 'unknown' };
        try {
          problem = { ...problem, ...JSON.parse(request.responseText) };
        } catch {
          // A proxy between may have answered.
        }
        failed(new ProblemError({ ...problem, status: request.status }));
      };
      request.send(file);
    });
  }

  /** Asks first, in the same place; what is removed is gone. @param {string | undefined} id */
  ask(id) {
    this.sure = id;
    this.onChange();
  }

  /** @param {string} id */
  async remove(id) {
    this.sure = undefined;
    try {
      await this.api.command('DELETE', `/statements/${encodeURIComponent(id)}`);
      await this.read();
    } catch (err) {
      this.fail(err);
      this.onChange();
    }
  }

  /** @private @param {unknown} err */
  fail(err) {
    this.problem = err instanceof ProblemError ? err.problem : { code: 'unknown' };
  }
}
