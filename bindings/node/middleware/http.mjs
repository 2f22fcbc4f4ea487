// The handler for ECMAScript modules: the same functions as for CommonJS.
import module from './http.js';

export const { decide, doorward } = module;
