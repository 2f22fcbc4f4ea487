'use strict';
// What was diagnosed of answers that are on their way to whoever asked.

/** @type {WeakMap<object, import('./diagnosis.js').Diagnosis>} */
const diagnoses = new WeakMap();

/**
 * @template {object} T
 * @param {T} answer
 * @returns {T} the same
 */
function remember(answer, diagnosis) {
  if (diagnosis !== null) diagnoses.set(answer, diagnosis);
  return answer;
}

/** @param {object} answer a `Response` of fetch, or what undici's `request` gives */
function diagnosisOf(answer) {
  if (typeof answer !== 'object' || answer === null) throw new TypeError('expected a response as an object');
  const { context } = answer;
  return diagnoses.get(answer) ?? (typeof context === 'object' && context !== null ? diagnoses.get(context) : undefined) ?? null;
}

module.exports = { diagnosisOf, remember };
