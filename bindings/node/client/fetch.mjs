// fetch for ECMAScript modules: the same functions as for CommonJS.
import module from './fetch.js';

export const { diagnoseResponse, diagnosisOf, withCredential } = module;
