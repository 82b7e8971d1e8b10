// Written statements of a delegation: a text or a PDF beside the record, for those who were not reached or have more to say.

/** @import { Problem, Statement } from './types.js' */
/** @import { Api } from './api.js' */
import { ProblemError, newId } from './api.js';
import { against, upload } from './statement-file.js';

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
    this.reads = 0;
  }

  async read() {
    const mine = ++this.reads;
    try {
      const { statements } = await this.api.get('/statements');
      if (mine !== this.reads) return; // asked before something was sent or removed
      this.list = statements.filter((/** @type {Statement} */ s) => s.participant === this.participant);
      this.problem = undefined;
    } catch (err) {
      if (mine !== this.reads) return;
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
      await upload(this.api, { id: this.sending.id, participant: this.participant, panel }, file, (part) => {
        if (this.sending) this.sending.part = part;
        this.onChange();
      });
      this.sending = undefined;
      await this.read();
    } catch (err) {
      this.sending = undefined;
      this.fail(err);
      this.onChange();
    }
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
