// A server that speaks HTTP/2 and nothing else, as some load balancers do to their backends.
// Usage: node h2only.mjs PORT CERTIFICATE KEY
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { listen } from './desk.mjs';

const [cert, key] = process.argv.slice(3).map((file) => readFileSync(file));
const server = http2.createSecureServer({ cert, key, allowHTTP1: false });
server.on('stream', (stream) => stream.respond({ ':status': 404 }, { endStream: true }));
listen(server, Number(process.argv[2]));
