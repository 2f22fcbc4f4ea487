// What the package gives to ECMAScript modules: the same objects as to CommonJS.
import doorward from './index.js';

export const {
  CLUES, Caller, CredentialUnobtainable, Decision, Diagnosis, Engine, NotReadyError, OUTCOMES, PolicyError, Principal, REASONS,
  RECOVERIES, RetryBlocked, SIGNALS, SourceError, diagnose,
} = doorward;
