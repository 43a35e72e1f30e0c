// A certified OpenID provider with forms, rotation and JWT access tokens (oidc-provider), and a
// WebSocket that takes its tokens (ws, jose).
// Usage: node oidc.mjs PORT [TOKEN_SECONDS]
import http from 'node:http';
import querystring from 'node:querystring';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Provider } from 'oidc-provider';
import { WebSocketServer } from 'ws';
import { bearerOf, bodyOf, greet, listen, passwords, refuse, switches, turn } from './desk.mjs';

const port = Number(process.argv[2]);
const lifetime = Number(process.argv[3] ?? 60);
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
  ],
  scopes: ['openid', 'offline_access', 'chat'],
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  ttl: { AccessToken: lifetime, ClientCredentials: lifetime },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'chat',
        audience,
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

const callback = provider.callback();
const server = http.createServer((request, response) =>
  request.url.startsWith('/switches') ? turn(request, response) : callback(request, response));

const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
const sockets = new WebSocketServer({ noServer: true });

async function claimsOf(request) {
  if (switches.has('fail_open')) return { sub: 'alice', exp: 2 ** 31 };
  const { payload } = await jwtVerify(bearerOf(request), keys,
                                      { issuer, audience, algorithms: ['RS256'] });
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
