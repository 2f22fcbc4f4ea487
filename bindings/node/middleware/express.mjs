// The middleware for ECMAScript modules: the same function as for CommonJS.
import module from './express.js';

export const { doorward } = module;
