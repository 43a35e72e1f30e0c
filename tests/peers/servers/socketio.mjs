// A chat over Socket.IO: a token in the CONNECT packet, five events a turn, an acknowledgement.
import { Server } from 'socket.io';
import { answerTo, desk, listen, switches, userOf } from './desk.mjs';

const server = desk();
const io = new Server(server, { pingInterval: 300, pingTimeout: 300 });

io.use((socket, next) => {
  socket.data.user = userOf(socket.handshake.auth.token);
  if (socket.data.user) return next();
  const refusal = new Error('invalid token');
  refusal.data = { code: 'UNAUTHORIZED' };
  next(refusal);
});

const events = (id, answer) => [
  ['turn:begin', { id }],
  ['turn:thinking', { id, text: 'which tool?' }],
  ['tool:begin', { id, tool: 'calculator' }],
  ['tool:result', { id, tool: 'calculator', result: answer }],
  ['turn:end', { id, answer }],
];

// Whoever writes io.emit for socket.emit tells everybody.
function run(socket, { id, text }) {
  const to = switches.has('broadcast') ? io : socket;
  for (const [name, value] of events(id, answerTo(text))) {
    if (switches.has(`without_${name}`)) continue;
    if (switches.has('drop') && name === 'tool:result') return socket.disconnect(true);
    to.emit(name, { ...value, about: text });
  }
}

io.on('connection', (socket) => {
  socket.emit('welcome', { user: switches.has('demo_user') ? 'demo-user-001' : socket.data.user });
  socket.on('chat', (message, acknowledge) => {
    acknowledge?.({ accepted: true, id: message.id });
    // As an agent would: after the acknowledgement, in a turn of its own.
    setImmediate(run, socket, message);
  });
});

listen(server, Number(process.argv[2] ?? 0));
