// The types for ECMAScript modules: the same as for CommonJS.
export * from './fetch.js';
