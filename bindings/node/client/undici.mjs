// The interceptor for ECMAScript modules: the same functions as for CommonJS.
import module from './undici.js';

export const { diagnosisOf, interceptor } = module;
