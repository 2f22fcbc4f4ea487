// Koa.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision, Engine, GuardOptions } from '../index.js';

/** What doorward puts into `ctx.state`. */
export interface DoorwardState {
  /** What was decided on this request. */
  doorward: Decision;
}

/** As much of a Koa context as is used. */
export interface KoaContext {
  req: IncomingMessage;
  res: ServerResponse;
  request: { originalUrl: string };
  state: object;
  url: string;
  originalUrl: string;
  status: number;
  body: unknown;
  set(name: string, value: string | string[]): void;
}

/**
 * A middleware that lets in whom the policy lets in, and answers everybody else. Use it before everything that it
 * is to guard, and before what parses bodies.
 *
 * `ctx.state.doorward` is the decision. `ctx.url` becomes the normalised path where another spelling came in; below
 * a mount path, such a request is answered with 400. Routers that take `/Orders` for `/orders` read more into a
 * path than a policy does.
 */
export function doorward(
  engine: Engine,
  options?: GuardOptions,
): (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void>;
