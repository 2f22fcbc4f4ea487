'use strict';
// The engine: a policy with its keys, ready to decide.

const { isUint8Array } = require('node:util/types');
const { fileURLToPath } = require('node:url');
const native = require('./native.js');
const memory = require('./memory.js');
const { make } = require('./decision.js');
const { pick } = require('./fields.js');
const { policyText } = require('./policy.js');
const { PolicyError } = require('./policy-error.js');

const NO_CHAIN = 'expected `clientChain` as an array of certificates, each the bytes of its DER';
const LONGEST_CHAIN = 100; // OpenSSL takes as many by default
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** What the native module gave for a policy, on its way into the constructor. */
class Loaded {
  constructor(result) {
    if (typeof result === 'string') throw new PolicyError(JSON.parse(result));
    this.handle = result;
  }
}

class Engine {
  // Nothing reads the handle again, but the engine lives as long as it does.
  #handle;
  #number;
  #facts;
  #fields;
  #readsBody;

  /** @param {string | URL} source the path of a policy file */
  constructor(source) {
    const loaded = source instanceof Loaded ? source : new Loaded(native.engineFromFile(pathOf(source, 'path')));
    this.#handle = loaded.handle;
    this.#facts = JSON.parse(native.engineFacts(this.#handle));
    this.#number = this.#facts.number;
    this.#fields = Object.freeze(this.#facts.fields);
    this.#readsBody = this.#facts.readsBody;
    Object.freeze(this.#facts.warnings);
  }

  static fromFile(path) {
    return new this(new Loaded(native.engineFromFile(pathOf(path, 'path'))));
  }

  static fromPolicy(policy, options) {
    if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
      throw new TypeError('expected `policy` as an object');
    }
    return new this(new Loaded(native.engineFromText(policyText(policy), 'object', folderOf(options))));
  }

  static fromText(text, format, options) {
    if (typeof text !== 'string') throw new TypeError('expected `text` as a string');
    if (format !== 'toml' && format !== 'json') throw new TypeError('expected `format` as `toml` or `json`');
    return new this(new Loaded(native.engineFromText(text, format, folderOf(options))));
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
    const parts = [method, url];
    const places = [];
    const encoding = pick(headers, this.#fields, parts, places);
    return memory.decide(native, number, parts, places, encoding, bytes, now, make);
  }

  [INSPECT](depth, options, inspect) {
    const { issuers, routes } = this.#facts;
    return `Engine ${inspect({ issuers, routes }, options)}`;
  }
}

function pathOf(path, name) {
  if (path instanceof URL) return fileURLToPath(path);
  if (typeof path !== 'string') throw new TypeError(`expected \`${name}\` as a string or a file: URL`);
  return path;
}

function folderOf(options) {
  if (options === undefined) return undefined;
  if (typeof options !== 'object' || options === null) throw new TypeError('expected `options` as an object');
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
