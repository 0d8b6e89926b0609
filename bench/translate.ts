/**
 * `npm run bench -- translate [--quick]`: `ipvs translate` beside `tcprewrite --pnat` (Debian's tcpreplay) on one
 * capture of mixed sizes, in turns in one run. Prints wall and processor time and the most memory of each, and
 * the ratios of the medians. The capture has 500 MB, or 60 MB with `--quick`.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaptureWriter } from 'ipvs/captures';
import { encodePacket, TCP_FLAG } from 'ipvs/wire';

const ROUNDS = 3;
const WHOLE_BYTES = 500e6;
const QUICK_BYTES = 60e6;
/** Bytes of data in the segments of a connection. */
const SIZES = [64, 1460, 536, 1460, 200, 1400, 0, 900];
const CLIENTS = 60_000;
const RULES = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.1.0.1:8080 -m
-a -t 192.0.2.1:80 -r 10.1.0.2:8080 -m
`;

/** What one run of a program took. */
interface Cost {
  readonly wallSeconds: number;
  readonly processorSeconds: number;
  readonly memoryMb: number;
}

/**
 * Measures both programs and prints the result.
 *
 * @param isQuick - Whether the smaller capture is taken.
 * @param log - Prints a line.
 */
export async function benchTranslate(isQuick: boolean, log: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ipvs-bench-'));
  const capture = join(folder, 'in.pcap');
  const rules = join(folder, 'rules');
  try {
    const packets = writeCapture(capture, isQuick ? QUICK_BYTES : WHOLE_BYTES);
    writeFileSync(rules, RULES);
    log(`${packets} packets, ${ROUNDS} rounds in turns`);
    const programs: Record<string, string[]> = {
      'ipvs translate': [
        process.execPath,
        'dist/cli/ipvs.js',
        'translate',
        '--rules',
        rules,
        capture,
        join(folder, 'a'),
      ],
      'tcprewrite --pnat': [
        'tcprewrite',
        '--pnat=192.0.2.1/32:10.1.0.1/32',
        '-i',
        capture,
        '-o',
        join(folder, 'b'),
      ],
    };
    if (spawnSync('tcprewrite', ['--version']).error !== undefined) {
      delete programs['tcprewrite --pnat'];
      log('tcprewrite is not installed (Debian: tcpreplay), and not measured');
    }
    const costs = await measureInTurns(programs);
    for (const [name, cost] of costs) log(describe(name, cost));
    const [ours, rival] = [...costs.values()];
    if (rival !== undefined) log(describeRatio(ours, rival));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureInTurns(programs: Record<string, string[]>): Promise<Map<string, Cost>> {
  const all = new Map<string, Cost[]>(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, words] of Object.entries(programs)) all.get(name)?.push(await run(words));
  }
  return new Map([...all].map(([name, costs]) => [name, medianOf(costs)]));
}

/** Runs a program under bash, which knows what its children took; memory is watched from outside. */
async function run(words: readonly string[]): Promise<Cost> {
  const script = `TIMEFORMAT='%R %U %S'; time "$@" >/dev/null 2>&1`;
  const child = spawn('bash', ['-c', script, 'bash', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  let memoryMb = 0;
  const watch = setInterval(() => (memoryMb = Math.max(memoryMb, memoryOf(child.pid ?? 0))), 20);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  const [wall = 0, user = 0, system = 0] = text.trim().split(/\s+/).map(Number);
  return { wallSeconds: wall, processorSeconds: user + system, memoryMb };
}

/** The most memory that the child of a shell has had, in MB. */
function memoryOf(shell: number): number {
  try {
    const [child = ''] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').split(' ');
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'));
    return Number(peak?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function medianOf(costs: readonly Cost[]): Cost {
  const median = (read: (cost: Cost) => number): number =>
    costs.map(read).toSorted((one, other) => one - other)[costs.length >> 1];
  return {
    wallSeconds: median((cost) => cost.wallSeconds),
    processorSeconds: median((cost) => cost.processorSeconds),
    memoryMb: median((cost) => cost.memoryMb),
  };
}

function describe(name: string, { wallSeconds, processorSeconds, memoryMb }: Cost): string {
  const figures = [wallSeconds, processorSeconds].map((each) => each.toFixed(2).padStart(7));
  return `${name.padEnd(18)} wall ${figures[0]} s  processor ${figures[1]} s  memory ${memoryMb.toFixed(0).padStart(4)} MB`;
}

function describeRatio(ours: Cost, rival: Cost): string {
  const wall = (ours.wallSeconds / rival.wallSeconds).toFixed(2);
  const processor = (ours.processorSeconds / rival.processorSeconds).toFixed(2);
  return `ipvs / tcprewrite: wall ${wall}, processor ${processor}`;
}

/** Writes connections of seven packets each: SYN, ACK, four with data, FIN. */
function writeCapture(path: string, bytes: number): number {
  const writer = new CaptureWriter({ format: 'pcap' });
  const file = openSync(path, 'w');
  const link = Buffer.from('020000000d00020000000c000800', 'hex');
  const segments = SIZES.map((length) => new Uint8Array(length).fill(120));
  let parts: Uint8Array[] = [writer.header()];
  let written = 0;
  let pending = 0;
  let packets = 0;
  const add = (client: number, flags: number, payload: Uint8Array): void => {
    const packet = encodePacket({
      source: `10.0.${(client >>> 8) & 0xff}.${client & 0xff}`,
      destination: '192.0.2.1',
      transport: { type: 'tcp', sourcePort: 1024 + (client % CLIENTS), destinationPort: 80, flags },
      payload,
    });
    const nanoseconds = (packets % 50_000) * 20_000;
    const seconds = 1_700_000_000 + Math.floor(packets / 50_000);
    const record = writer.packet({ seconds, nanoseconds, bytes: Buffer.concat([link, packet]) });
    parts.push(record);
    pending += record.length;
    packets += 1;
    if (pending < 4e6) return;
    writeSync(file, Buffer.concat(parts));
    written += pending;
    pending = 0;
    parts = [];
  };
  for (let client = 0; ; client++) {
    if (written + pending >= bytes) break;
    add(client, TCP_FLAG.SYN, segments[6]);
    add(client, TCP_FLAG.ACK, segments[6]);
    for (let index = 0; index < 4; index++) {
      add(client, TCP_FLAG.ACK | TCP_FLAG.PSH, segments[(client + index) % SIZES.length]);
    }
    add(client, TCP_FLAG.ACK | TCP_FLAG.FIN, segments[6]);
  }
  writeSync(file, Buffer.concat(parts));
  closeSync(file);
  return packets;
}
