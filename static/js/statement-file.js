// A written statement on its way to the server: a text or a PDF.

/** @import { Answer } from './types.js' */
/** @import { Api } from './api.js' */
import { ProblemError } from './api.js';

const MOST = 10 * 1024 * 1024; // bytes
/** @type {Record<string, string>} */
const TYPES = { txt: 'text/plain', pdf: 'application/pdf' };

/** By its name: what a device says of a file's type is not the same on all. @param {string} name */
export function typeOf(name) {
  const end = name.toLowerCase().split('.').pop() ?? '';
  return Object.hasOwn(TYPES, end) ? TYPES[end] : undefined;
}

/** What stands against a file; undefined: nothing. @param {{name: string, size: number}} file @returns {'type' | 'size' | 'empty' | undefined} */
export function against({ name, size }) {
  if (!typeOf(name)) return 'type';
  return size > MOST ? 'size' : size === 0 ? 'empty' : undefined;
}

/**
 * Sends a file; a lost answer is asked for again under the same id, which does no harm. Throws ProblemError.
 * @param {Api} api
 * @param {{id: string, participant: string, panel?: string}} of
 * @param {File} file
 * @param {(part: number) => void} onPart told what part of it has gone, 0 to 1
 * @returns {Promise<Answer>}
 */
export async function upload(api, of, file, onPart) {
  for (let n = 1; ; n++) {
    try {
      return await post(api.url(`/statements?${new URLSearchParams({ ...of, name: file.name })}`), file, onPart);
    } catch (err) {
      if (n === 3 || !(err instanceof ProblemError) || err.code !== 'network') throw err;
    }
  }
}

/** One try. XMLHttpRequest, since fetch does not tell how far an upload has come. @param {string} url @param {File} file @param {(part: number) => void} onPart @returns {Promise<Answer>} */
function post(url, file, onPart) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('Content-Type', typeOf(file.name) ?? '');
    request.upload.onprogress = (e) => e.lengthComputable && onPart(e.loaded / e.total);
    request.onerror = request.onabort = request.ontimeout = () => failed(new ProblemError({ code: 'network', status: 0 }));
    request.onload = () => {
      /** @type {any} */
      let body;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // A proxy between may have answered.
      }
      if (request.status < 300 && body) done(body);
      else failed(new ProblemError({ ...body, code: typeof body?.code === 'string' ? body.code : 'unknown', status: request.status }));
    };
    request.send(file);
  });
}
