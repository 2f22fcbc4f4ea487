'use strict';
// What the package gives to CommonJS; index.mjs gives the same to ECMAScript modules.

const { Decision } = require('./lib/decision.js');
const { Engine } = require('./lib/engine.js');
const { PolicyError } = require('./lib/policy-error.js');
const { NotReadyError } = require('./lib/not-ready-error.js');
const { Principal } = require('./lib/principal.js');
const { OUTCOMES, REASONS, RECOVERIES, SIGNALS } = require('./lib/vocabulary.js');

module.exports = { Decision, Engine, NotReadyError, OUTCOMES, PolicyError, Principal, REASONS, RECOVERIES, SIGNALS };
