/**
 * The program of an engine: a director and the frames of one device, in a thread that waits for the next frame in a
 * blocking read.
 *
 * The device is standard input and output. Requests come through a pipe, and answers leave by descriptor 3. A spare
 * engine waits for requests: the first one says what it begins with, others let it catch up with the journal of the
 * engine that works, and the last one lets it take over. From then on it waits for frames, so the supervisor rings
 * the bell after a request: a datagram to an address beyond the device.
 *
 * Arguments: the path of the pipe of requests, and the numbers of the user and the group that it becomes before it
 * reads anything: the device is open already, so it needs no right besides.
 */
import { readSync } from 'node:fs';
import { ANNOUNCEMENT, BUSY_CONNECTION, type EngineRequest } from './engine/messages.js';
import { DEVICE_GONE } from './device-gone.js';
import { becomeUser } from './engine/become-user.js';
import { EarlyRequests } from './engine/early-requests.js';
import { AnswerPipe, RequestPipe } from './engine/pipes.js';
import { type Engine, startEngine } from './engine/start-engine.js';

const DEVICE = 0;

const [, , path, uid, gid] = process.argv;
becomeUser(Number(uid), Number(gid));
const requests = new RequestPipe(path);
const answers = new AnswerPipe();
answers.send({ id: 0, ok: true, text: 'spare' });

const early = new EarlyRequests();
const { id: firstId, request: first } = requests.wait();
if (first.kind !== 'follow') process.exit(0);
const engine: Engine = startEngine(first.start, {
  bell: (number) => {
    for (const { id, request } of early.due(requests.poll(), number)) handle(id, request);
  },
  busy: (connection) =>
    answers.send({ id: BUSY_CONNECTION, ok: true, text: JSON.stringify(connection) }),
  announce: (message) =>
    answers.send({ id: ANNOUNCEMENT, ok: true, text: JSON.stringify(message) }),
});
engine.catchUp();
answers.send({ id: firstId, ok: true, text: '' });
for (let isSpare = true; isSpare;) {
  const { id, request } = requests.wait();
  isSpare = request.kind !== 'take-over';
  handle(id, request);
}
requests.stopWaiting();

const { frames } = engine;
const supervisor = process.ppid;
for (let count = 1; ; count++) {
  frames.handle(readFrame());
  // An engine without a supervisor would hold the device, and nothing could be changed any more.
  if ((count & 0xfff) === 0 && process.ppid !== supervisor) process.exit(0);
}

/** Waits for a frame; its length. A device can be read as long as it is there. */
function readFrame(): number {
  try {
    return readSync(DEVICE, frames.bytes, frames.offset, frames.longest, null);
  } catch {
    engine.close();
    process.exit(DEVICE_GONE);
  }
}

function handle(id: number, request: EngineRequest): void {
  switch (request.kind) {
    case 'catch-up':
      engine.catchUp();
      answers.send({ id, ok: true, text: '' });
      return;
    case 'take-over':
      answers.send({ id, ok: true, text: String(engine.takeOver(request.statistics)) });
      return;
    case 'quit':
      engine.close();
      answers.send({ id, ok: true, text: '' });
      process.exit(0);
    default:
      answers.send(engine.answer(id, request));
  }
}
