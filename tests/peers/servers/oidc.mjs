// A certified OpenID provider with forms, rotation and JWT access tokens (oidc-provider), and a
// WebSocket that takes its tokens (ws, jose).
// Usage: node oidc.mjs PORT KEY [TOKEN_SECONDS]   (KEY: the private key of the client `robot`)
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import querystring from 'node:querystring';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Provider } from 'oidc-provider';
import { WebSocketServer } from 'ws';
import { bearerOf, bodyOf, greet, listen, passwords, refuse, switches, turn } from './desk.mjs';

const port = Number(process.argv[2]);
const robot = createPublicKey(readFileSync(process.argv[3])).export({ format: 'jwk' });
const lifetime = Number(process.argv[4] ?? 60);
const issuer = `http://127.0.0.1:${port}`;
const audience = 'https://api.example.com/';

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'web',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.example.com/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
    {
      client_id: 'service',
      client_secret: 'service-secret',
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
    {
      client_id: 'robot',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...robot, use: 'sig' }] },
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
    {
      client_id: 'television',
      token_endpoint_auth_method: 'none',
      redirect_uris: [],
      response_types: [],
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    },
  ],
  scopes: ['openid', 'offline_access', 'chat'],
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  ttl: { AccessToken: lifetime, ClientCredentials: lifetime },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        scope: 'chat',
        audience: resource,
        accessTokenTTL: lifetime,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

// The library's own forms take every password; as most providers do, a wrong one gets the form again.
function wrongPassword(context, { prompt, login, password }) {
  return context.path.startsWith('/interaction/') && prompt === 'login' && passwords[login] !== password;
}

// Somebody else who has the same refresh token: the library then revokes all that came of it.
const steal = (body) => fetch(`${issuer}/token?stolen`, { method: 'POST', body: new URLSearchParams(body) });

provider.use(async (context, next) => {
  if (context.method !== 'POST') return next();
  const body = (context.req.body = querystring.parse(await bodyOf(context.req)));
  if (wrongPassword(context, body)) return context.redirect(context.path);
  const ours = body.grant_type === 'refresh_token' && context.querystring !== 'stolen';
  if (ours && switches.has('stolen_before')) await steal(body);
  await next();
  if (ours && switches.has('stolen_after')) await steal(body);
});

// The API's plain requests, by the same tokens as its socket.
async function whoami(request, response) {
  const claims = await claimsOf(request).catch(() => null);
  response.writeHead(claims ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ user: claims?.sub ?? null }));
}

const callback = provider.callback();
const server = http.createServer((request, response) => {
  if (request.url.startsWith('/switches')) return turn(request, response);
  return request.url === '/whoami' ? whoami(request, response) : callback(request, response);
});

const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
const sockets = new WebSocketServer({ noServer: true });

const uses = new Map(); // token -> when it was used last

// As a service does that takes a token shown twice within a second for a stolen one.
function refuseReuse(token) {
  const last = uses.get(token) ?? 0;
  uses.set(token, Date.now());
  if (Date.now() - last < 1000) throw new Error('token reuse detected');
}

async function claimsOf(request) {
  if (switches.has('fail_open')) return { sub: 'alice', exp: 2 ** 31 };
  const token = bearerOf(request);
  const wanted = switches.has('any_audience') ? {} : { audience };
  const { payload } = await jwtVerify(token, keys, { issuer, ...wanted, algorithms: ['RS256'] });
  if (switches.has('no_reuse')) refuseReuse(token);
  return payload;
}

function serve(socket, { sub, exp }) {
  greet(socket, sub);
  if (switches.has('close_at_expiry'))
    setTimeout(() => socket.close(4401, 'token expired'), exp * 1000 - Date.now());
}

server.on('upgrade', async (request, socket, head) => {
  try {
    const claims = await claimsOf(request);
    sockets.handleUpgrade(request, socket, head, (accepted) => serve(accepted, claims));
  } catch {
    refuse(socket);
  }
});

listen(server, port);
