'use strict';
// Who the caller is: issuer and subject, always together, and what vouches for them.

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

class Principal {
  #facts;
  #claimsText;
  #claims;
  #readClaims;

  /**
   * @param {object} facts
   * @param {() => string} readClaims
   */
  constructor(facts, readClaims) {
    this.#facts = facts;
    this.#readClaims = readClaims;
  }

  get issuer() {
    return this.#facts.issuer;
  }

  get issuerName() {
    return this.#facts.issuer_name;
  }

  get subject() {
    return this.#facts.subject;
  }

  get kind() {
    return this.#facts.kind;
  }

  get expires() {
    return this.#facts.expires;
  }

  get actor() {
    return this.#facts.actor;
  }

  get claimsText() {
    this.#claimsText ??= this.#readClaims();
    return this.#claimsText;
  }

  get claims() {
    this.#claims ??= JSON.parse(this.claimsText);
    return this.#claims;
  }

  toJSON() {
    return { ...this.#facts };
  }

  /** Leaves subject and claims out: they may be personal, and what is inspected ends in logs. */
  [INSPECT](depth, options, inspect) {
    const { issuer, kind, expires } = this.#facts;
    return `Principal ${inspect({ issuer, kind, expires }, options)}`;
  }
}

module.exports = { Principal };
