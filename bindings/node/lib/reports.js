'use strict';
// Reports of what may be an attack: to the user's function, to a channel, or at least as a warning of the process.

const { channel } = require('node:diagnostics_channel');
const { REASONS } = require('./vocabulary.js');

const attacks = channel('doorward:attack');

/**
 * Tells of every report; that the recovery succeeded keeps nobody from hearing of it.
 * @param {object[]} reports as the native module tells them
 * @param {string} name of the caller
 * @param {((report: object) => void) | undefined} onReport
 */
function tell(reports, name, onReport) {
  for (const facts of reports) {
    const report = Object.freeze({ name, ...facts });
    if (attacks.hasSubscribers) attacks.publish(report);
    if (onReport !== undefined) call(onReport, report);
    else if (!attacks.hasSubscribers) warn(report);
  }
}

/** What a function of the user throws here is no fault of the request. */
function call(onReport, report) {
  try {
    onReport(report);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : new Error(String(error)));
  }
}

function warn({ name, reason }) {
  const who = name === '' ? '' : `${name}: `;
  process.emitWarning(`${who}${reason}: ${REASONS[reason].sentence}`, { type: 'DoorwardWarning', code: 'DOORWARD_ATTACK' });
}

module.exports = { tell };
