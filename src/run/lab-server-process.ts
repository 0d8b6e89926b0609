/**
 * The program of a real server in the laboratory: plain HTTP that says its name, and UDP that sends back what it got.
 *
 * Arguments: its name, and the ports of HTTP and UDP. `GET /bytes/N` gives N MiB, `PUT` the SHA-256 of what was sent.
 */
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const MEBIBYTE = 1 << 20;

const [, , name, httpPort, udpPort] = process.argv;
// Bytes that repeat at no length that packets have.
const block = Buffer.from(
  Uint8Array.from({ length: MEBIBYTE }, (_, index) => (index * 40503) >>> 7),
);

createServer(answer).listen(Number(httpPort));
for (const type of ['udp4', 'udp6'] as const) {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  socket.on('message', (message, { port, address }) => socket.send(message, port, address));
  socket.on('error', () => socket.close());
  socket.bind(Number(udpPort));
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const wanted = /^\/bytes\/(\d+)$/.exec(request.url ?? '')?.[1];
  if (wanted !== undefined) sendBlocks(Number(wanted), response);
  else if (request.method === 'PUT') hash(request, response);
  else response.end(`${name}\n`);
}

function sendBlocks(count: number, response: ServerResponse): void {
  let left = count;
  response.writeHead(200, { 'content-length': count * MEBIBYTE });
  const push = (): void => {
    while (left > 0) {
      left--;
      if (!response.write(block)) return;
    }
    response.end();
  };
  response.on('drain', push);
  push();
}

function hash(request: IncomingMessage, response: ServerResponse): void {
  const sum = createHash('sha256');
  request.on('data', (data: Buffer) => sum.update(data));
  request.on('end', () => response.end(`${sum.digest('hex')}\n`));
}
