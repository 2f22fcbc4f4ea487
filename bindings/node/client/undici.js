'use strict';
// An interceptor for `compose` of undici 7 and later: the same as doorward/fetch for all requests of a dispatcher.

const { callerOf } = require('../lib/caller.js');
const { CredentialHandler } = require('../lib/credential-handler.js');
const { diagnosisOf } = require('../lib/diagnosed.js');

function interceptor(source, options = {}) {
  const caller = callerOf(source, options);
  function doorward(dispatch) {
    return function dispatchWithCredential(opts, handler) {
      const headers = linesOf(opts.headers);
      const request = { ...opts, headers };
      // Somebody has brought a credential of their own.
      if (headers.some((name, i) => i % 2 === 0 && String(name).toLowerCase() === 'authorization')) return dispatch(request, handler);
      // What a client or a pool connects to, it tells nobody. An origin that the credential is for may be meant, and another one asked.
      if (opts.origin === undefined || opts.origin === null) {
        throw new TypeError('expected `origin` of the request: a `Client` or `Pool` does not say which it has');
      }
      const url = target(opts.origin, opts.path);
      if (url === undefined) return dispatch(request, handler);
      new CredentialHandler(dispatch, request, handler).run(caller, {
        method: opts.method, url, replayable: isReplayable(opts.body),
      });
      return true;
    };
  }
  Object.defineProperty(doorward, 'caller', { value: caller, enumerable: true });
  return doorward;
}

/**
 * The URL that is asked for. It is put together and never resolved: the connection goes to the origin whatever the path looks like, and
 * `//api.example/x` would be resolved to another one. Nothing where the path names an origin itself.
 */
function target(origin, path) {
  const { origin: here } = new URL(origin);
  const text = String(path ?? '/');
  // An absolute form is for a proxy, which would get the credential too.
  if (/^[a-z][a-z0-9+.-]*:/iu.test(text)) return undefined;
  return here + (text.startsWith('/') ? text : `/${text}`);
}

/** Names and values in turn, from each form that undici takes. */
function linesOf(headers) {
  if (headers === undefined || headers === null) return [];
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return headers;
  return [...(typeof headers[Symbol.iterator] === 'function' ? headers : Object.entries(headers))].flatMap(([name, value]) => [name, value]);
}

/** Everything but a stream or a generator, which are gone when they are sent. */
function isReplayable(body) {
  if (body === undefined || body === null || typeof body === 'string') return true;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return true;
  return ['[object FormData]', '[object Blob]', '[object File]'].includes(Object.prototype.toString.call(body));
}

module.exports = { diagnosisOf, interceptor };
