// Settings of Node-RED for tests: two users of the editor, who also reach the flows by HTTP Basic.
const bcrypt = require('bcryptjs');

const passwords = { alice: 'alice-password', bob: 'bob-password' };

function isUser(request) {
  const [, basic] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic ?? '', 'base64').toString()) ?? [];
  return Object.hasOwn(passwords, name) && passwords[name] === password;
}

module.exports = {
  uiHost: '127.0.0.1',
  uiPort: Number(process.env.PORT),
  userDir: process.env.FOLDER,
  flowFile: 'flows.json',
  adminAuth: {
    type: 'credentials',
    sessionExpiryTime: 3600,
    users: Object.entries(passwords).map(([username, password]) =>
      ({ username, password: bcrypt.hashSync(password, 4), permissions: '*' })),
  },
  httpNodeMiddleware: (request, response, next) =>
    isUser(request) ? next() : response.status(401).json({ error: 'unauthorized' }),
  webSocketNodeVerifyClient: ({ req }) => isUser(req),
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: 'info' } },
  editorTheme: { tours: false },
};
