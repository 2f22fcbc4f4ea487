// Hono, on Node.
import type { MiddlewareHandler } from 'hono';
import type { Decision, Engine, GuardOptions } from '../index.js';

declare module 'hono' {
  interface ContextVariableMap {
    /** What doorward decided on this request. */
    doorward: Decision;
  }
}

/**
 * A middleware that lets in whom the policy lets in, and answers everybody else.
 *
 * `c.get('doorward')` is the decision. Hono has chosen its handlers before a middleware runs, so that a path that
 * is not in its normal form is answered with 400.
 */
export function doorward(engine: Engine, options?: GuardOptions): MiddlewareHandler;
