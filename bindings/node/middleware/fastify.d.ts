// Fastify 5.
import type { FastifyPluginCallback, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { Decision, Engine, GuardOptions } from '../index.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What doorward decided on this request. */
    doorward: Decision;
  }
}

/** The options of the plugin. */
export interface DoorwardOptions extends GuardOptions {
  /** The engine that decides. */
  engine: Engine;
}

/**
 * A plugin that lets in whom the policy lets in, on every route of the instance, and answers everybody else.
 *
 * `request.doorward` is the decision. A path that is not in its normal form is answered with 400, unless the
 * instance was made with {@link rewriteUrl}.
 *
 * ```js
 * const app = Fastify({ rewriteUrl: rewriteUrl(engine) });
 * app.register(doorward, { engine });
 * ```
 */
export const doorward: FastifyPluginCallback<DoorwardOptions>;

/** What Fastify asks before it chooses a route: it chooses by the normalised path then. */
export function rewriteUrl(engine: Engine): (req: RawRequestDefaultExpression<RawServerDefault>) => string;
