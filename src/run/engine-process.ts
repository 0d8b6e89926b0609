/**
 * The program of an engine: a director and the frames of one device, in a thread that waits for the next frame in a
 * blocking read.
 *
 * The device is standard input and output. Requests come through a pipe that is read without waiting, and answers
 * leave by descriptor 3. Since the thread waits for frames, the supervisor rings the bell after a request: a
 * datagram to an address beyond the device. The first request is awaited, so that a spare engine is ready in a
 * moment.
 *
 * Arguments: the path of the pipe of requests.
 */
import { readSync } from 'node:fs';
import { AnswerPipe, RequestPipe } from './engine/pipes.js';
import { startEngine } from './engine/start-engine.js';

const DEVICE = 0;

const requests = new RequestPipe(process.argv[2]);
const answers = new AnswerPipe();
answers.send({ id: 0, ok: true, text: 'spare' });

const first = requests.wait();
if (first.request.kind !== 'start') process.exit(0);
const engine = startEngine(first.request.start, () => {
  for (const { id, request } of requests.poll()) {
    if (request.kind === 'quit') {
      engine.close();
      answers.send({ id, ok: true, text: '' });
      process.exit(0);
    }
    answers.send(engine.answer(id, request));
  }
});
answers.send({ id: first.id, ok: true, text: String(engine.connections) });

const { frames } = engine;
const supervisor = process.ppid;
for (let count = 1; ; count++) {
  frames.handle(readSync(DEVICE, frames.bytes, frames.offset, frames.longest, null));
  // An engine without a supervisor would hold the device, and nothing could be changed any more.
  if ((count & 0xfff) === 0 && process.ppid !== supervisor) process.exit(0);
}
