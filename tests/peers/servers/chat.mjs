// A chat over plain WebSocket (ws): a token in a header, or in the query.
import { WebSocketServer } from 'ws';
import { bearerOf, desk, greet, listen, refuse, userOf } from './desk.mjs';

const server = desk();
const sockets = new WebSocketServer({ noServer: true });

server.on('upgrade', (request, socket, head) => {
  const { pathname, searchParams } = new URL(request.url, 'http://here');
  if (pathname !== '/websocket') return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  const user = userOf(bearerOf(request) ?? searchParams.get('token'));
  if (!user) return refuse(socket);
  sockets.handleUpgrade(request, socket, head, (accepted) => greet(accepted, user));
});

listen(server, Number(process.argv[2] ?? 0));
