'use strict';
// The engine: a policy with its keys, ready to decide, and kept up to date.

const { setTimeout: pause } = require('node:timers/promises');
const { isUint8Array } = require('node:util/types');
const { fileURLToPath } = require('node:url');
const native = require('./native.js');
const memory = require('./memory.js');
const { make } = require('./decision.js');
const { pick } = require('./fields.js');
const { policyText } = require('./policy.js');
const { NotReadyError } = require('./not-ready-error.js');
const { PolicyError } = require('./policy-error.js');
const { revocationOf } = require('./revocation.js');
const { wordsOf } = require('./time.js');
const { REASONS } = require('./vocabulary.js');

const NO_CHAIN = 'expected `clientChain` as an array of certificates, each the bytes of its DER';
const LONGEST_CHAIN = 100; // OpenSSL takes as many by default
const LONGEST_PEER = 100; // characters; an address with zone and port has seventy
const LONGEST_WAIT = 600; // seconds: more is no start of a service, or was meant as milliseconds
const LOOK_EVERY = 10; // milliseconds
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** What the native module gave for a policy, on its way into the constructor. */
class Loaded {
  /**
   * @param {object | string} result
   * @param {{ start?: boolean }} [options]
   * @param {boolean} [placeless] whether its text was written by nobody, so that no fault names a line of it
   */
  constructor(result, options, placeless = false) {
    if (typeof result === 'string') throw new PolicyError(JSON.parse(result));
    this.handle = result;
    this.placeless = placeless;
    this.starts = options?.start !== false;
  }
}

class Engine {
  // The engine lives as long as its handle does.
  #handle;
  #placeless;
  #number;
  #facts;
  #fields;
  #readsBody;

  /**
   * @param {string | URL} source the path of a policy file
   * @param {{ start?: boolean }} [options]
   */
  constructor(source, options) {
    const loaded = source instanceof Loaded ? source : fileOf(source, options);
    this.#handle = loaded.handle;
    this.#placeless = loaded.placeless;
    this.#learn();
    if (loaded.starts) native.engineStart(this.#handle);
  }

  static fromFile(path, options) {
    return new this(fileOf(path, options));
  }

  static fromPolicy(policy, options) {
    if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
      throw new TypeError('expected `policy` as an object');
    }
    return new this(new Loaded(native.engineFromText(policyText(policy), 'object', folderOf(options)), options, true));
  }

  static fromText(text, format, options) {
    if (typeof text !== 'string') throw new TypeError('expected `text` as a string');
    if (format !== 'toml' && format !== 'json') throw new TypeError('expected `format` as `toml` or `json`');
    return new this(new Loaded(native.engineFromText(text, format, folderOf(options)), options));
  }

  get fields() {
    return this.#fields;
  }

  get readsBody() {
    return this.#readsBody;
  }

  get formLimit() {
    return this.#facts.formLimit;
  }

  get warnings() {
    return this.#facts.warnings;
  }

  get issuers() {
    return this.#facts.issuers;
  }

  get routes() {
    return this.#facts.routes;
  }

  get policyEpoch() {
    return this.#facts.epoch;
  }

  get memory() {
    return this.#facts.memory;
  }

  start() {
    native.engineStart(this.#handle);
  }

  /**
   * Looks again and again, which takes a microsecond each time. A wait in the native module would hold one of the few threads
   * on which Node reads files and asks for names, or need one that could outlive its worker.
   */
  async ready(timeoutSeconds = 10) {
    if (typeof timeoutSeconds !== 'number') throw new TypeError('expected `timeoutSeconds` as a number');
    if (!(timeoutSeconds >= 0 && timeoutSeconds <= LONGEST_WAIT)) {
      throw new RangeError(`expected \`timeoutSeconds\` from 0 to ${LONGEST_WAIT}, found ${timeoutSeconds}`);
    }
    const end = performance.now() + timeoutSeconds * 1000;
    for (;;) {
      const missing = native.engineMissing(this.#handle);
      if (missing === null) return;
      const left = end - performance.now();
      if (left <= 0) throw new NotReadyError(JSON.parse(missing));
      await pause(Math.min(left, LOOK_EVERY));
    }
  }

  reload() {
    const faults = native.engineReload(this.#handle, this.#placeless);
    if (faults !== null) throw new PolicyError(JSON.parse(faults));
    this.#learn();
  }

  revoke(revocation) {
    accept(native.engineRevoke(this.#handle, ...revocationOf(revocation)));
  }

  supplyKeys(issuer, jwks, now) {
    if (typeof issuer !== 'string') throw new TypeError('expected `issuer` as a string');
    if (typeof jwks !== 'string' && (typeof jwks !== 'object' || jwks === null)) {
      throw new TypeError('expected `jwks` as JSON text or an object');
    }
    const text = typeof jwks === 'string' ? jwks : JSON.stringify(jwks);
    accept(native.engineSupplyKeys(this.#handle, issuer, String(text), wordsOf(now)));
  }

  status(now) {
    return JSON.parse(native.engineStatus(this.#handle, wordsOf(now)));
  }

  statusText(now) {
    return native.engineStatusText(this.#handle, wordsOf(now));
  }

  events() {
    return native.engineEvents(this.#handle);
  }

  traceMarker({ method, url }, cause, now) {
    if (typeof method !== 'string') throw new TypeError('expected `method` as a string');
    if (typeof url !== 'string') throw new TypeError('expected `url` as a string');
    if (typeof cause !== 'string') throw new TypeError('expected `cause` as a reason');
    if (!Object.hasOwn(REASONS, cause)) throw new RangeError(`expected \`cause\` as a reason, found \`${cause}\``);
    return native.engineTraceMarker(this.#handle, method, url, cause, wordsOf(now));
  }

  decide(request) {
    const number = this.#number;
    if (typeof request !== 'object' || request === null) throw new TypeError('expected a request as an object');
    const { method, url, headers, clientChain, body, peer, now } = request;
    if (typeof method !== 'string') throw new TypeError('expected `method` as a string');
    if (typeof url !== 'string') throw new TypeError('expected `url` as a string');
    if (clientChain !== undefined) checkChain(clientChain);
    if (peer !== undefined && peer !== null && typeof peer !== 'string') {
      throw new TypeError('expected `peer` as the text of an IP address');
    }
    const bytes = body === undefined || body === null ? undefined : bytesOf(body, this.#readsBody);
    // A text that is no address is no peer: a server's own idea of one is no fault of the caller.
    const parts = [method, url, typeof peer === 'string' && peer.length <= LONGEST_PEER ? peer : ''];
    const places = [];
    const encoding = pick(headers, this.#fields, parts, places);
    return memory.decide(native, number, parts, places, encoding, bytes, now, make);
  }

  [INSPECT](depth, options, inspect) {
    const { issuers, routes } = this.#facts;
    return `Engine ${inspect({ issuers, routes }, options)}`;
  }

  /** What is fixed until the policy is loaded anew, which happens nowhere but in `reload`. */
  #learn() {
    const facts = JSON.parse(native.engineFacts(this.#handle));
    Object.freeze(facts.warnings);
    this.#number = facts.number;
    this.#fields = Object.freeze(facts.fields);
    this.#readsBody = facts.readsBody;
    this.#facts = facts;
  }
}

function fileOf(path, options) {
  const file = pathOf(path, 'path');
  checkOptions(options);
  return new Loaded(native.engineFromFile(file), options);
}

/** Throws what the native module found wrong with a value. */
function accept(fault) {
  if (fault !== null) throw new RangeError(fault);
}

function checkOptions(options) {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) throw new TypeError('expected `options` as an object');
  if (options.start !== undefined && typeof options.start !== 'boolean') {
    throw new TypeError('expected `start` as a boolean');
  }
}

function pathOf(path, name) {
  if (path instanceof URL) return fileURLToPath(path);
  if (typeof path !== 'string') throw new TypeError(`expected \`${name}\` as a string or a file: URL`);
  return path;
}

function folderOf(options) {
  checkOptions(options);
  if (options === undefined) return undefined;
  const { folder } = options;
  return folder === undefined ? undefined : pathOf(folder, 'folder');
}

/** A copy, which has the length that it says; nothing where no route takes a form. */
function bytesOf(body, wanted) {
  if (typeof body !== 'string' && !isUint8Array(body)) throw new TypeError('expected `body` as bytes or a string');
  if (!wanted) return undefined;
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : new Uint8Array(body);
}

function checkChain(chain) {
  if (!Array.isArray(chain)) throw new TypeError(NO_CHAIN);
  if (chain.length > LONGEST_CHAIN) {
    throw new RangeError(`expected at most ${LONGEST_CHAIN} certificates, found ${chain.length}`);
  }
  for (let i = 0; i < chain.length; i += 1) {
    if (!isUint8Array(chain[i])) throw new TypeError(NO_CHAIN);
  }
}

module.exports = { Engine };
