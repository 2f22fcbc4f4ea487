// Plain `http`, `https` and the compatible side of `http2`.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision, Engine, GuardOptions } from '../index.js';

/** A request that was let in. */
export type Guarded<Request> = Request & {
  /** What was decided. */
  doorward: Decision;
};

/**
 * A request handler that calls `handler` for those who are let in, and answers everybody else.
 *
 * `req.doorward` is the decision. `req.url` becomes the normalised path where another spelling came in. The event
 * `upgrade` of a server comes to no request handler: ask {@link decide} there.
 *
 * ```js
 * http.createServer(doorward(engine, (req, res) => res.end(req.doorward.principal.subject)));
 * ```
 */
export function doorward<
  Request extends IncomingMessage = IncomingMessage,
  Response extends ServerResponse = ServerResponse,
>(
  engine: Engine,
  handler: (req: Guarded<Request>, res: Response) => void,
  options?: GuardOptions,
): (req: Request, res: Response) => void;

/**
 * Decides on a request without answering it, for `upgrade` and the like. A form is not read. `req.url` becomes the
 * normalised path of whom is let in where another spelling came in: go on by it, or rules can be walked around.
 */
export function decide(engine: Engine, req: Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>): Decision;
