'use strict';
// Why a policy could not be loaded.

class PolicyError extends Error {
  /** @param {{ text: string, errors: object[] }} faults as the native module tells them */
  constructor({ text, errors }) {
    super(text);
    Object.defineProperty(this, 'errors', { value: Object.freeze(errors.map(Object.freeze)), enumerable: true });
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'PolicyError', configurable: true, writable: true });
  }
}

module.exports = { PolicyError };
