'use strict';
// What is thrown where nothing was sent: the client has been refused too often, or has no credential to send.

class RetryBlocked extends Error {
  /** @param {{ message: string, until: number | null, diagnosis: object }} facts */
  constructor({ message, until, diagnosis }) {
    super(message);
    Object.defineProperty(this, 'until', { value: until, enumerable: true });
    Object.defineProperty(this, 'diagnosis', { value: diagnosis, enumerable: true });
  }

  get reason() {
    return 'retry_blocked';
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RetryBlocked', configurable: true, writable: true });
  }
}

class CredentialUnobtainable extends Error {
  /** @param {{ message: string, until: number | null, diagnosis: object, cause?: unknown }} facts */
  constructor({ message, until, diagnosis, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, 'until', { value: until, enumerable: true });
    Object.defineProperty(this, 'diagnosis', { value: diagnosis, enumerable: true });
  }

  get reason() {
    return 'credential_unobtainable';
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CredentialUnobtainable', configurable: true, writable: true });
  }
}

/** What a source of one's own throws to say whether asking again may help; anything else that it throws may pass by itself. */
class SourceError extends Error {
  /**
   * @param {string} message
   * @param {{ hard?: boolean, retryAfter?: number, cause?: unknown }} [options]
   */
  constructor(message, { hard = false, retryAfter, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    if (typeof hard !== 'boolean') throw new TypeError('expected `hard` as a boolean');
    if (retryAfter !== undefined && !(retryAfter >= 0 && retryAfter < Infinity)) {
      throw new RangeError('expected `retryAfter` in seconds');
    }
    Object.defineProperty(this, 'hard', { value: hard, enumerable: true });
    Object.defineProperty(this, 'retryAfter', { value: retryAfter ?? null, enumerable: true });
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'SourceError', configurable: true, writable: true });
  }
}

/** A request to an origin that the caller is not for. */
class ForeignOrigin extends TypeError {}

module.exports = { CredentialUnobtainable, ForeignOrigin, RetryBlocked, SourceError };
