// Express, and routers that call middlewares as it does.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision, Engine, GuardOptions } from '../index.js';

declare global {
  namespace Express {
    interface Request {
      /** What doorward decided on this request. */
      doorward?: Decision;
    }
  }
}

/**
 * A middleware that lets in whom the policy lets in, and answers everybody else. Use it before everything that it
 * is to guard, and before what parses bodies.
 *
 * `req.doorward` is the decision. `req.url` becomes the normalised path where another spelling came in; below a
 * mount path or inside a route, such a request is answered with 400, as is one whose target is an absolute URL.
 *
 * Express takes `/Orders` for `/orders`, and `/orders/` too, unless `case sensitive routing` and `strict routing`
 * are set. A policy does not: set both, or leave no route open to anyone that another spelling of a guarded path
 * would fall under.
 *
 * ```js
 * app.use(doorward(engine));
 * app.get('/v1/orders/:id', (req, res) => res.json({ caller: req.doorward.principal.subject }));
 * ```
 */
export function doorward(
  engine: Engine,
  options?: GuardOptions,
): (req: IncomingMessage & { doorward?: Decision }, res: ServerResponse, next: (error?: any) => void) => void;
