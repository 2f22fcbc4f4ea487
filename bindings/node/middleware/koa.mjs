// The middleware for ECMAScript modules: the same function as for CommonJS.
import module from './koa.js';

export const { doorward } = module;
