// The plugin for ECMAScript modules: the same functions as for CommonJS.
import module from './fastify.js';

export const { doorward, rewriteUrl } = module;
