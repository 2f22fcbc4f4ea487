'use strict';
// What the package gives to CommonJS; index.mjs gives the same to ECMAScript modules.

const { Caller } = require('./lib/caller.js');
const { CredentialUnobtainable, RetryBlocked, SourceError } = require('./lib/caller-errors.js');
const { Decision } = require('./lib/decision.js');
const { Diagnosis, diagnose } = require('./lib/diagnosis.js');
const { Engine } = require('./lib/engine.js');
const { PolicyError } = require('./lib/policy-error.js');
const { NotReadyError } = require('./lib/not-ready-error.js');
const { Principal } = require('./lib/principal.js');
const { CLUES, OUTCOMES, REASONS, RECOVERIES, SIGNALS } = require('./lib/vocabulary.js');

module.exports = {
  CLUES, Caller, CredentialUnobtainable, Decision, Diagnosis, Engine, NotReadyError, OUTCOMES, PolicyError, Principal, REASONS,
  RECOVERIES, RetryBlocked, SIGNALS, SourceError, diagnose,
};
