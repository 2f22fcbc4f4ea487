'use strict';
// fetch with a credential: refusals are understood, and recovered from where that can help.

const { Call, headersOf, readable } = require('../lib/call.js');
const { callerOf } = require('../lib/caller.js');
const { diagnose } = require('../lib/diagnosis.js');
const { diagnosisOf, remember } = require('../lib/diagnosed.js');
const { RefusalBody } = require('../lib/refusal-body.js');
const { Way } = require('../lib/redirect.js');

function withCredential(source, options = {}) {
  if (typeof options !== 'object' || options === null) throw new TypeError('expected `options` as an object');
  const { fetch: base, ...rest } = options;
  if (base !== undefined && typeof base !== 'function') throw new TypeError('expected `fetch` as a function');
  const caller = callerOf(source, rest);
  async function fetch(input, init) {
    const send = base ?? globalThis.fetch;
    const settings = readable(init);
    // Somebody has brought a credential of their own. This is asked before there is a call, which takes the body out of a Request.
    if (headersOf(input, settings).has('authorization')) return send(input, settings);
    const call = new Call(input, settings);
    return attempt(call, send, caller).finally(() => call.release());
  }
  Object.defineProperty(fetch, 'caller', { value: caller, enumerable: true });
  return fetch;
}

/** Sends as often as the caller allows, and gives the answer that is for whoever asked. */
async function attempt(call, send, caller) {
  const { method, url, signal } = call;
  const exchange = caller.begin({ method, url, replayable: call.mayReplay, signal });
  let fields = await exchange.ready();
  let first = null;
  for (;;) {
    const { response, way } = await sendOnce(call, send, exchange, fields, first);
    const latest = { body: new RefusalBody(response), diagnosis: null };
    let next = exchange.judge({
      status: response.status,
      headers: response.headers,
      body: await latest.body.beginning(),
      finalUrl: way.finalUrl,
    });
    latest.diagnosis = exchange.diagnosis;
    if (next === 'recover') {
      // What cannot be sent again, or cannot be put aside meanwhile, is the answer; so is what comes after it was carried out.
      next = call.replayable && !way.cameBack && await latest.body.drain() ? await recovered(exchange, latest, first) : 'latest';
    }
    if (next === 'again') {
      if (first === null) first = latest;
      else latest.body.drop();
      fields = await exchange.ready();
      continue;
    }
    const chosen = next === 'first' && first !== null ? first : latest;
    for (const one of [first, latest]) if (one !== chosen) one?.body.drop();
    return remember(chosen.body.response(), chosen.diagnosis);
  }
}

/** Bytes of an unwanted body that are read, and for how many milliseconds. */
const DISCARDED = 65_536;
const DISCARDING = 2_000;

/** Whoever gives up waiting reads neither answer. */
async function recovered(exchange, latest, first) {
  try {
    return await exchange.recover();
  } catch (error) {
    latest.body.drop();
    first?.body.drop();
    throw error;
  }
}

/** A fault of the network is the end, also of a refusal that was put aside. */
async function sendOnce(call, send, exchange, fields, first) {
  try {
    return await follow(call, send, exchange, fields);
  } catch (error) {
    first?.body.drop();
    throw error;
  }
}

/** Sends once, and follows redirects as far as the request asks. */
async function follow(call, send, exchange, fields) {
  const way = new Way(call.url, call.method);
  for (let added = fields; ;) {
    const response = await send(...call.arguments(way, added));
    if (call.redirect === 'manual' || !way.follow(response)) {
      if (way.followed) Object.defineProperty(response, 'redirected', { value: true, configurable: true, enumerable: true });
      return { response, way };
    }
    discard(response);
    if (way.withBody && !call.replayable) throw new TypeError('fetch failed', { cause: new Error('a redirect asks for a stream again') });
    if (call.redirect === 'error') throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
    added = way.home ? await exchange.fields(way.method, way.url) : [];
  }
}

/** Reads what nobody wants to its end, if that is near: then the connection is free, and a body that is still on its way is stopped. */
async function discard({ body }) {
  if (body === null) return;
  const reader = body.getReader();
  const late = setTimeout(() => reader.cancel().catch(() => {}), DISCARDING);
  try {
    let read = await reader.read();
    for (let length = 0; !read.done && length < DISCARDED; read = await reader.read()) length += read.value.length;
    if (!read.done) await reader.cancel();
  } catch {
    // It was of no use anyway.
  } finally {
    clearTimeout(late);
  }
}

/** What an answer means that came some other way; its body stays to be read. */
async function diagnoseResponse(response, options = {}) {
  const body = await new RefusalBody(response.clone()).beginning();
  return diagnose({ status: response.status, headers: response.headers, body }, options);
}

module.exports = { diagnoseResponse, diagnosisOf, withCredential };
