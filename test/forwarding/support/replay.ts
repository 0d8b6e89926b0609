/** Replays a recording of frames through the recording director, and lists what differs. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { IpAddress } from '../../../src/ip-address.js';
import type {
  ForwardingEnvironment,
  LinkLayer,
  Locality,
  Side,
} from '../../../src/forwarding/index.js';
import { MacAddress, Packet } from '../../../src/wire/index.js';
import { maskArbitrary } from './arbitrary-fields.js';
import { RecordingDirector, type Verdict } from './recording-director.js';

interface Host {
  readonly mac: string;
  readonly ip: string;
  readonly ip6: string;
}

interface Header {
  readonly sysctl: Record<string, string>;
  readonly topology: {
    readonly vips: string[];
    readonly mtu_client_side: number;
    readonly mtu_server_side: number;
    readonly director_client_side: Host;
    readonly director_server_side: Host;
    readonly client_gateway: Host;
  };
}

interface Step {
  readonly i: number;
  readonly t: number;
  readonly op: string;
  readonly argv: string;
  readonly name: string;
  readonly value: number;
  readonly note: string;
  readonly dev: Side;
  readonly in: string;
  readonly out: { readonly dev: Side; readonly hex: string }[];
}

/** One recording as it lies in the repository. */
export interface Recording {
  readonly header: Header;
  readonly steps: readonly Step[];
}

/** A step whose frames are not those of the recording. */
export interface Difference {
  readonly step: number;
  readonly note: string;
  readonly verdict: string;
  readonly expected: string[];
  readonly actual: string[];
}

/** What a replay gives. */
export interface Replay {
  readonly frames: number;
  readonly differences: Difference[];
  readonly emitted: Uint8Array[];
}

/** Reads a recording. */
export function readRecording(file: string | URL): Recording {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const [header, ...steps] = lines.map((line) => JSON.parse(line) as unknown);
  return { header: header as Header, steps: steps as Step[] };
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The frames of a recording, both those that came in and those that left. */
export function framesOf(recording: Recording): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (const step of recording.steps) {
    if (step.op !== 'frame') continue;
    frames.push(bytesOf(step.in));
    for (const { hex } of step.out) frames.push(bytesOf(hex));
  }
  return frames;
}

const MARGIN = 128;

/** Replays a recording; the frames lie in the middle of a poisoned buffer. */
export function replay(recording: Recording, headroom = 0): Replay {
  const { header } = recording;
  const marked: [IpAddress, number, number][] = [];
  const environment = environmentOf(header, marked);
  const mark = (address: IpAddress): number =>
    marked.find(([prefix, length]) => inPrefix(address, prefix, length))?.[2] ?? 0;
  const link = linkOf(header);
  const director = new RecordingDirector(environment, link, mark, headroom);
  for (const [name, value] of Object.entries(header.sysctl))
    director.tunables.set(name, Number(value));
  const own = IpAddress.parse(header.topology.director_server_side.ip);
  const own6 = IpAddress.parse(header.topology.director_server_side.ip6);
  const isTunnelSource = (packet: Packet): boolean =>
    packet.protocol !== 1 &&
    packet.protocol !== 58 &&
    IpAddress.fromBytes(packet.family, packet.bytes, packet.sourceOffset).equals(
      packet.family === 4 ? own : own6,
    );
  const differences: Difference[] = [];
  const emitted: Uint8Array[] = [];
  let frames = 0;
  for (const step of recording.steps) {
    if (step.op === 'cmd') director.rules.execute(step.argv);
    else if (step.op === 'sysctl') director.tunables.set(shortName(step.name), step.value);
    else if (step.op === 'note') marked.push(prefixOf(step.note));
    else if (step.op === 'frame') {
      frames += 1;
      const frame = bytesOf(step.in);
      const buffer = new Uint8Array(frame.length + 2 * MARGIN).fill(0xa5);
      buffer.set(frame, MARGIN);
      setTunable(environment, director);
      const verdict = director.handle(step.dev, buffer, MARGIN, frame.length, step.t);
      checkGuards(buffer, frame.length, headroom, step);
      for (const { bytes } of verdict.frames) emitted.push(bytes.slice());
      const difference = compare(step, verdict, environment, isTunnelSource);
      if (difference !== undefined) differences.push(difference);
    }
  }
  return { frames, differences, emitted };
}

function compare(
  step: Step,
  verdict: Verdict,
  environment: ForwardingEnvironment,
  isTunnelSource: (packet: Packet) => boolean,
): Difference | undefined {
  const masked = (dev: Side, bytes: Uint8Array): string =>
    `${dev} ${hexOf(maskArbitrary(bytes, isTunnelSource))}`;
  const actual = verdict.frames.map(({ dev, bytes }) => masked(dev, bytes));
  const expected = step.out.map(({ dev, hex }) => masked(dev, bytesOf(hex)));
  const same =
    verdict.result === 'accept'
      ? isAnsweredByHost(step, environment)
      : actual.join(' | ') === expected.join(' | ');
  if (same) return undefined;
  const { i, note } = step;
  return { step: i, note, verdict: `${verdict.result} ${verdict.reason}`, expected, actual };
}

/** After `accept` the host itself answers or stays silent: nothing is forwarded. */
function isAnsweredByHost(step: Step, environment: ForwardingEnvironment): boolean {
  const received = parse(bytesOf(step.in));
  const from = addressOf(received, received.destinationOffset);
  const { family, word0, word1, word2, word3 } = from;
  const isOwn = environment.localityOf(family, word0, word1, word2, word3) !== 'foreign';
  return (
    isOwn &&
    step.out.every(({ dev, hex }) => {
      const packet = parse(bytesOf(hex));
      return dev === step.dev && addressOf(packet, packet.sourceOffset).equals(from);
    })
  );
}

const parse = (frame: Uint8Array): Packet => {
  const packet = new Packet();
  packet.parseFrame(frame);
  return packet;
};

const addressOf = (packet: Packet, offset: number): IpAddress =>
  IpAddress.fromBytes(packet.family, packet.bytes, offset);

const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function setTunable(environment: ForwardingEnvironment, director: RecordingDirector): void {
  const discovery = director.tunables.get('pmtu_disc') === 1;
  (environment as { pathMtuDiscovery: boolean }).pathMtuDiscovery = discovery;
}

function checkGuards(buffer: Uint8Array, length: number, headroom: number, step: Step): void {
  const intact = buffer.every(
    (byte, index) => (index >= MARGIN - headroom && index < MARGIN + length) || byte === 0xa5,
  );
  if (!intact) throw new Error(`Step ${step.i} (${step.note}) wrote outside the frame`);
}

const leg = (host: Host, mtu: number): ForwardingEnvironment['client'] => ({
  ipv4: IpAddress.parse(host.ip),
  ipv6: IpAddress.parse(host.ip6),
  mtu,
});

function environmentOf(
  { topology }: Header,
  marked: readonly [IpAddress, number, number][],
): ForwardingEnvironment {
  const { director_client_side: near, director_server_side: far } = topology;
  const own = [near.ip, near.ip6, far.ip, far.ip6, ...topology.vips].map((text) =>
    IpAddress.parse(text),
  );
  let identification = 0x1233;
  return {
    client: leg(near, topology.mtu_client_side),
    server: leg(far, topology.mtu_server_side),
    pathMtuDiscovery: true,
    localityOf: (family, word0, word1, word2, word3): Locality => {
      const address =
        family === 4 ? IpAddress.fromIpv4(word3) : IpAddress.fromIpv6(word0, word1, word2, word3);
      if (own.some((candidate) => candidate.equals(address))) return 'own';
      const isMarked = marked.some(([prefix, length]) => inPrefix(address, prefix, length));
      return isMarked ? 'prefix' : 'foreign';
    },
    millisecondsOfDay: () => 0,
    nextIdentification: () => (identification += 1),
  };
}

function linkOf({ topology }: Header): LinkLayer {
  const router = MacAddress.parse(topology.client_gateway.mac);
  return {
    client: MacAddress.parse(topology.director_client_side.mac),
    server: MacAddress.parse(topology.director_server_side.mac),
    neighbourOf: (side, family, _word0, _word1, _word2, word3) =>
      side === 'client' ? router : new MacAddress(family === 4 ? 0x0201 : 0x0206, word3),
  };
}

const inPrefix = (address: IpAddress, prefix: IpAddress, length: number): boolean =>
  address.family === prefix.family && address.prefix(length).equals(prefix);

/** "destination prefix 172.20.0.0/16 gets firewall mark 7 and is local" */
function prefixOf(note: string): [IpAddress, number, number] {
  const [, prefix, length, mark] = /prefix (\S+)\/(\d+) gets firewall mark (\d+)/.exec(
    note,
  ) as RegExpExecArray;
  return [IpAddress.parse(prefix as string), Number(length), Number(mark)];
}
