// A certified OpenID provider with forms, rotation and JWT access tokens (oidc-provider), and a
// WebSocket that takes its tokens (ws, jose).
// Usage: node oidc.mjs PORT [TOKEN_SECONDS]
import http from 'node:http';
import querystring from 'node:querystring';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Provider } from 'oidc-provider';
import { WebSocketServer } from 'ws';
import { answerTo, bodyOf, listen, passwords, switches, turn } from './desk.mjs';

const port = Number(process.argv[2]);
const lifetime = Number(process.argv[3] ?? 60);
const issuer = `http://127.0.0.1:${port}`;
const audience = 'https://api.example.com';

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
provider.use(async (context, next) => {
  if (context.method === 'POST' && context.path.startsWith('/interaction/')) {
    context.req.body = querystring.parse(await bodyOf(context.req));
    const { prompt, login, password } = context.req.body;
    if (prompt === 'login' && passwords[login] !== password) return context.redirect(context.path);
  }
  await next();
});

const callback = provider.callback();
const server = http.createServer((request, response) =>
  request.url.startsWith('/switches') ? turn(request, response) : callback(request, response));

const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
const sockets = new WebSocketServer({ noServer: true });

async function tokenOf(request) {
  const token = request.headers.authorization?.match(/^Bearer (.+)$/)?.[1];
  const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] });
  return payload;
}

function refuse(socket) {
  socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n' +
             'Connection: close\r\n\r\n');
}

function serve(socket, { sub, exp }) {
  socket.send(JSON.stringify({ type: 'connection_established', data: { user_id: sub } }));
  if (switches.has('close_at_expiry'))
    setTimeout(() => socket.close(4401, 'token expired'), exp * 1000 - Date.now());
  socket.on('message', (data) => {
    const { payload } = JSON.parse(data);
    const end = { thread_id: payload.thread_id, final_response: answerTo(payload.content) };
    for (const type of ['agent_started', 'agent_thinking', 'tool_executing', 'tool_completed',
                        'agent_completed'])
      socket.send(JSON.stringify({ type, ...end }));
  });
}

server.on('upgrade', async (request, socket, head) => {
  try {
    const claims = switches.has('fail_open') ? { sub: 'alice', exp: 2 ** 31 }
                                             : await tokenOf(request);
    sockets.handleUpgrade(request, socket, head, (accepted) => serve(accepted, claims));
  } catch {
    refuse(socket);
  }
});

listen(server, port);
