/** Ports and patience for tests with real sockets. */
import { createSocket } from 'node:dgram';

/** A UDP port that nothing has at the moment. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(() => done()));
  return port;
}

/** Waits until something is true, five seconds at most. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isTrue(); tries++) {
    await new Promise((done) => setTimeout(done, 10));
  }
}
