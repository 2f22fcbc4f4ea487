// What the package gives to ECMAScript modules: the same objects as to CommonJS.
import doorward from './index.js';

export const { Decision, Engine, NotReadyError, OUTCOMES, PolicyError, Principal, REASONS, RECOVERIES, SIGNALS } = doorward;
