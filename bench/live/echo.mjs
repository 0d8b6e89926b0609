/**
 * Load for `npm run faults`, in a process of its own: connections whose every byte is checked.
 *
 *     node echo.mjs serve NAME PORT                   sends its name, then everything back
 *     node echo.mjs load ADDRESS PORT STREAMS PACE    opens connections until it is ended; one line of JSON per event
 *
 * All pauses are PACE times as long as at full load.
 */
import { connect, createServer } from 'node:net';

const [mode, first, second, third, fourth] = process.argv.slice(2);
const pace = Number(fourth);
/** Every stream sends a part of this, from a place of its own. */
const BYTES = Buffer.from(
  Uint8Array.from({ length: 1 << 18 }, (_, index) => (index * 40503) >>> 7),
);
const BLOCK = 16_384;
const PAUSE_MS = 20;
/** After each so many blocks there is a pause. */
const SHORT = { blocks: 2, run: 1, pauseMs: PAUSE_MS };
const LONG = { blocks: 1500, run: 1, pauseMs: PAUSE_MS };
/** Longer runs than the engine forwards: the kernel forwards such a connection by itself. */
const BUSY = { blocks: 20_000, run: 400, pauseMs: 25 * PAUSE_MS };
/** Longer pauses than the kernel keeps a connection to itself, over the ends of several engines. */
const QUIET = { blocks: 400, run: 20, pauseMs: 150 * PAUSE_MS };
const CONNECT_MS = 8000;
/** A stream without an answer for so long is broken. */
const SILENCE_MS = 15_000;

if (mode === 'serve') serve(first, Number(second));
else for (let number = 0; number < Number(third); number++) void keepOpening(number);

/**
 * @param {string} name - What is sent first.
 * @param {number} port - Where it listens.
 */
function serve(name, port) {
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(`${name}\n`);
    socket.pipe(socket);
  }).listen(port, '::');
}

/** @param {number} number - Of the stream, of which half are short. */
async function keepOpening(number) {
  const kind = [LONG, BUSY, LONG, QUIET][number % 10] ?? SHORT;
  for (let round = 0; ; round++) {
    const result = await stream(kind, ((number * 7919 + round) * 31) % (BYTES.length - BLOCK));
    console.log(JSON.stringify({ ...result, time: Date.now() }));
    await new Promise((resolve) => setTimeout(resolve, pace * PAUSE_MS));
  }
}

/**
 * @param {{ blocks: number, run: number, pauseMs: number }} kind - How many blocks are sent and read back, and the pauses.
 * @param {number} place - Where they begin in the bytes.
 * @returns {Promise<{ server: string, port: number, bytes: number, wrong: number, error?: string }>} What came of it.
 */
function stream({ blocks, run, pauseMs }, place) {
  return new Promise((resolve) => {
    const block = BYTES.subarray(place, place + BLOCK);
    const state = { server: '', port: 0, bytes: 0, wrong: 0, sent: 0 };
    const socket = connect(Number(second), first);
    socket.once('connect', () => (state.port = socket.localPort ?? 0));
    const end = (/** @type {string | undefined} */ error) => {
      socket.destroy();
      const { server, port, bytes, wrong } = state;
      resolve({ server, port, bytes, wrong, ...(error !== undefined && { error }) });
    };
    const send = () => {
      if (state.sent++ < blocks) socket.write(block);
      else socket.end();
    };
    socket.setTimeout(CONNECT_MS, () => end(state.server === '' ? 'no answer' : 'silence'));
    socket.on('error', (error) => end(error.message));
    socket.on('end', () => end(state.bytes === blocks * BLOCK ? undefined : 'cut'));
    socket.on('data', (data) => {
      socket.setTimeout(SILENCE_MS + pace * pauseMs);
      let rest = data;
      if (state.server === '') {
        state.server = String(data.subarray(0, data.indexOf(10)));
        rest = data.subarray(data.indexOf(10) + 1);
        send();
      }
      for (const byte of rest) if (byte !== block[state.bytes++ % BLOCK]) state.wrong++;
      if (rest.length === 0 || state.bytes % BLOCK !== 0) return;
      if (state.sent % run !== 0) send();
      else setTimeout(send, pace * pauseMs);
    });
  });
}
