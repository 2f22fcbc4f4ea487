'use strict';
// Where credentials come from: a function of the user, or an object that the native module reads and asks.

const native = require('./native.js');
const { SourceError } = require('./caller-errors.js');
const { jsonText } = require('./json-text.js');
const { secondsOf } = require('./time.js');

/** How long one try to get a credential may take, as in the native module: it gives up a ticket then. */
const LONGEST = 60_000;

/** A function that gives a credential. */
class FunctionSource {
  #ask;

  constructor(ask) {
    this.#ask = ask;
  }

  /**
   * Asks once, and tells the caller what came of it. Never rejects.
   * @param {object} handle the native caller
   * @param {number} ticket the caller's number of this try
   * @param {object} want
   * @returns {Promise<unknown>} what the function threw
   */
  async obtain(handle, ticket, want) {
    try {
      const { scheme, secret, expiresIn, expiresAt } = credentialOf(await this.#answer(want));
      const fault = native.callerObtained(handle, ticket, scheme, secret, expiresIn, expiresAt);
      return fault === null ? undefined : new TypeError(fault);
    } catch (error) {
      const { hard, retryAfter } = faultOf(error);
      // What a stranger has written may hold anything: it goes to whoever asked, as a cause, and no further.
      native.callerNotObtained(handle, ticket, 'the source of credentials failed', hard, retryAfter);
      return error ?? new Error('the source of credentials failed');
    }
  }

  async #answer(want) {
    const stop = new AbortController();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        const error = new SourceError(`no credential within ${LONGEST / 1000} seconds`);
        stop.abort(error);
        reject(error);
      }, LONGEST);
      timer.unref();
    });
    try {
      return await Promise.race([this.#ask(wantOf(want, stop.signal)), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A source of the native module, which is asked on a thread of Node's pool. */
class NativeSource {
  #handle;

  constructor(json) {
    this.#handle = accepted(native.sourceNew(jsonText(json)));
  }

  /** As above. */
  async obtain(handle, ticket, want) {
    await native.callerObtain(handle, this.#handle, ticket, JSON.stringify(want));
  }
}

/** A handle, or what is wrong with what it was to be made of. */
function accepted(result) {
  if (typeof result === 'string') throw new TypeError(result);
  return result;
}

/** @param {unknown} source what the user gave: nothing where requests go without a credential */
function sourceOf(source) {
  if (source === undefined || source === null) return null;
  if (typeof source === 'function') return new FunctionSource(source);
  if (typeof source === 'object' && !Array.isArray(source)) return new NativeSource(source);
  throw new TypeError('expected `source` as a function or an object');
}

/** What a credential should be like, in the names of JavaScript. */
function wantOf(want, signal) {
  return {
    refresh: want.refresh,
    scope: want.scope ?? null,
    resource: want.resource ?? null,
    requestUrl: want.request_url ?? null,
    resourceMetadata: want.resource_metadata ?? null,
    claims: want.claims ?? null,
    acrValues: want.acr_values ?? null,
    maxAge: want.max_age ?? null,
    clockOffset: want.clock_offset ?? 0,
    signal,
  };
}

const FORMS = 'expected the source to give a token, or an object with `token`';

/** What a function gave: a token, an object of ours, or the answer of a token endpoint as it came. */
function credentialOf(given) {
  if (typeof given === 'string') return { secret: given, scheme: 'Bearer' };
  if (typeof given !== 'object' || given === null) throw new TypeError(FORMS);
  const secret = given.token ?? given.access_token;
  if (typeof secret !== 'string') throw new TypeError(FORMS);
  const scheme = schemeOf(given.scheme ?? given.token_type);
  const span = given.expiresIn ?? given.expires_in;
  if (span !== undefined && span !== null) {
    const expiresIn = Math.floor(Number(span)); // some endpoints write it as text
    if (!(expiresIn >= 0 && expiresIn <= Number.MAX_SAFE_INTEGER)) throw new RangeError('expected `expiresIn` in seconds');
    return { secret, scheme, expiresIn };
  }
  if (given.expiresAt === undefined || given.expiresAt === null) return { secret, scheme };
  return { secret, scheme, expiresAt: secondsOf(given.expiresAt, 'expiresAt') };
}

/** Token endpoints write `bearer` in any case. */
function schemeOf(scheme) {
  if (scheme === undefined || scheme === null) return 'Bearer';
  if (typeof scheme !== 'string') throw new TypeError('expected `scheme` as a string');
  return { bearer: 'Bearer', dpop: 'DPoP' }[scheme.toLowerCase()] ?? scheme;
}

/** Clients wrap what went wrong below them, as fetch does; a chain that is longer, or leads back into itself, is let be. */
const WRAPPED = 4;

function faultOf(error) {
  for (let inner = error, depth = 0; depth <= WRAPPED; inner = inner?.cause, depth += 1) {
    if (inner instanceof SourceError) return { hard: inner.hard, retryAfter: inner.retryAfter === null ? undefined : Math.ceil(inner.retryAfter) };
  }
  // What is no credential today is none tomorrow.
  if (error instanceof TypeError && error.message === FORMS) return { hard: true, retryAfter: undefined };
  // OAuth clients put what a token endpoint said under these names.
  const code = error?.error ?? error?.code;
  return { hard: typeof code === 'string' && native.isFinal(code), retryAfter: undefined };
}

module.exports = { accepted, sourceOf };
