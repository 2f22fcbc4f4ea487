// Services as others write them: Express with its usual JWT libraries, and an MCP server of the official SDK.
import { createServer } from 'node:http';
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import jwt from 'jsonwebtoken';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { listening } from './refusing.mjs';

export const ISSUER = 'https://idp.example/';
export const AUDIENCE = 'https://api.example';
const SECRET = 'a key of these tests only, and long enough';

/** A token of the issuer. */
export function mint({ expiresIn = 3600, audience = AUDIENCE, scope = 'orders:read', secret = SECRET, ...rest } = {}) {
  return jwt.sign({ scope, ...rest }, secret, { issuer: ISSUER, audience, subject: 'svc-a', expiresIn });
}

async function start(app) {
  const asked = [];
  const outer = express().set('env', 'test'); // which logs no errors
  outer.use((req, res, next) => {
    res.on('finish', () => asked.push(`${req.method} ${req.path} ${res.statusCode}`));
    next();
  });
  outer.use(app);
  return { ...await listening(createServer(outer)), asked };
}

/** With express-oauth2-jwt-bearer, as its README says; its errors go out as Express sends them. */
export function withJwtBearer(options = { issuer: ISSUER, secret: SECRET, tokenSigningAlg: 'HS256' }) {
  const app = express();
  app.use(auth({ audience: AUDIENCE, ...options }));
  app.post('/orders', express.json(), (req, res) => res.status(201).json({ order: req.body, by: req.auth.payload.sub }));
  app.get('/orders/:id', (req, res) => res.json({ by: req.auth.payload.sub }));
  app.post('/orders/:id/refund', requiredScopes('orders:refund'), (req, res) => res.json({ refunded: req.params.id }));
  return start(app);
}

/** With jsonwebtoken, as many a tutorial says: 401 without a token, 403 with one that does not verify. */
export function withTutorial() {
  const app = express();
  app.use((req, res, next) => {
    const token = req.headers.authorization?.split(' ')[1];
    if (token === undefined) return res.sendStatus(401);
    return jwt.verify(token, SECRET, (error, user) => {
      if (error) return res.sendStatus(403);
      req.user = user;
      return next();
    });
  });
  app.get('/orders/:id', (req, res) => res.json({ by: req.user.sub }));
  return start(app);
}

/** With jsonwebtoken, by somebody who hands its errors on. */
export function withMessages() {
  const app = express();
  app.use((req, res, next) => {
    try {
      const [, token] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? [];
      if (token === undefined) return res.status(401).json({ message: 'No token provided' });
      req.user = jwt.verify(token, SECRET, { issuer: ISSUER, audience: AUDIENCE });
      return next();
    } catch (error) {
      return res.status(401).json({ error: error.name, message: error.message });
    }
  });
  app.get('/orders/:id', (req, res) => res.json({ by: req.user.sub }));
  return start(app);
}

/** An MCP server that says where it describes itself. */
export async function withMcp({ accepts, requiredScopes: scopes = [] }) {
  const app = express();
  const service = await start(app);
  const resource = new URL(`${service.url}/mcp`);
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource);
  app.use(mcpAuthMetadataRouter({
    oauthMetadata: {
      issuer: 'https://idp.example', authorization_endpoint: 'https://idp.example/authorize', token_endpoint: 'https://idp.example/token',
      response_types_supported: ['code'],
    },
    resourceServerUrl: resource,
  }));
  const verifier = {
    async verifyAccessToken(token) {
      const info = accepts(token);
      if (info === undefined) throw new InvalidTokenError('Token has expired');
      return { token, clientId: 'svc-a', expiresAt: Math.floor(Date.now() / 1000) + 60, scopes: [], ...info };
    },
  };
  app.post('/mcp', requireBearerAuth({ verifier, requiredScopes: scopes, resourceMetadataUrl }), express.json(), async (req, res) => {
    const server = new McpServer({ name: 'orders', version: '1.0.0' });
    server.registerTool('count', { description: 'Counts the orders.' }, async () => ({ content: [{ type: 'text', text: '7 orders' }] }));
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
    res.on('close', () => transport.close());
    await server.connect(transport);
    await transport.handleRequest(req, res, req.body);
  });
  app.all('/mcp', (req, res) => res.sendStatus(405));
  return { ...service, resource: resource.href, resourceMetadataUrl };
}
