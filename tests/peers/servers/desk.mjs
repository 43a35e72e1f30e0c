// What the chat servers here share: users, tokens, switches, an HTTP server, a computed answer.
import http from 'node:http';
import { randomUUID } from 'node:crypto';

export const passwords = { alice: 'alice-password', bob: 'bob-password' };
const users = new Map(); // token -> user
export const switches = new Set();

export const userOf = (token) => users.get(token);

// The arithmetic that the prompt asks for: nothing that only repeats the prompt has it.
export function answerTo(prompt) {
  const [, a, , b] = /(\d+) *([*x×]) *(\d+)/.exec(prompt) ?? [];
  return a === undefined ? 'no sum found' : String(BigInt(a) * BigInt(b));
}

export async function bodyOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

function reply(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function login(request, response) {
  const { username, password } = JSON.parse(await bodyOf(request));
  if (!passwords[username] || passwords[username] !== password)
    return reply(response, 401, { error: 'invalid credentials' });
  const token = randomUUID();
  users.set(token, username);
  reply(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 300 });
}

// PUT /switches/NAME makes the server misbehave, DELETE /switches heals it.
export function turn(request, response) {
  if (request.method === 'DELETE') switches.clear();
  else switches.add(request.url.slice('/switches/'.length));
  reply(response, 200, [...switches]);
}

export function desk() {
  return http.createServer((request, response) => {
    if (request.url === '/login' && request.method === 'POST') return login(request, response);
    if (request.url.startsWith('/switches')) return turn(request, response);
    if (request.url === '/health') return reply(response, 200, { status: 'ok' });
    reply(response, 404, { error: 'not found' });
  });
}

export function listen(server, port) {
  server.listen(port, '127.0.0.1', () =>
    console.log(`listening on http://127.0.0.1:${server.address().port}`));
}
