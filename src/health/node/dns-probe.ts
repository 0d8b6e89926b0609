/**
 * A probe that asks a name server: the server is well when it answers without an error code.
 */
import { type OptionNames, requireKnownOptions, requireOneOf } from '../../errors.js';
import type { Probe } from '../probe.js';
import { requireProbePort } from './probe-port.js';
import { exchangeDatagram } from './udp-probe.js';

/** The types of questions, with their numbers. */
const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28 } as const;
const CLASS_INTERNET = 1;
const HEADER_BYTES = 12;
const RECURSION_DESIRED = 0x01;
const LONGEST_LABEL_BYTES = 63;

/** The type of a question. */
export type DnsType = keyof typeof TYPES;

/** What a {@link dnsProbe} asks. */
export interface DnsProbeOptions {
  /** The port, 1–65535; default the real server's own. */
  readonly port?: number;
  /** The type of the question; default `SOA`. */
  readonly type?: DnsType;
  /** The name that is asked for; default the root. */
  readonly name?: string;
}

const OPTION_NAMES: OptionNames<DnsProbeOptions> = { port: true, type: true, name: true };

/**
 * Makes a probe that asks the real server a question over UDP.
 *
 * @param options - The question.
 * @returns A probe that fails on a response code other than 0, and when no answer comes in time.
 * @throws {RangeError} When the type is unknown, a label of the name is empty or longer than 63 bytes, or the port out
 *   of range.
 * @example
 * {@includeCode ../../../docs/examples/health-more-probes.ts}
 */
export function dnsProbe(options: DnsProbeOptions = {}): Probe {
  requireKnownOptions('make a probe', options, OPTION_NAMES);
  requireProbePort(options.port);
  const { type = 'SOA', name = '.' } = options;
  requireOneOf('type of question', type, Object.keys(TYPES) as DnsType[]);
  const labels = labelsOf(name);
  return async (server, signal) => {
    const id = process.hrtime()[1] & 0xffff;
    const question = questionOf(id, labels, TYPES[type]);
    const answer = await exchangeDatagram(server, options.port ?? server.port, question, signal);
    if (answer.length < HEADER_BYTES || answer[0] !== id >> 8 || answer[1] !== (id & 0xff)) {
      throw new Error('an answer to another question');
    }
    const code = answer[3] & 0x0f;
    if (code !== 0) throw new Error(`response code ${code}`);
  };
}

function labelsOf(name: string): Buffer[] {
  const bare = name.replace(/\.$/, '');
  const labels = bare === '' ? [] : bare.split('.').map((label) => Buffer.from(label));
  for (const label of labels) {
    if (label.length >= 1 && label.length <= LONGEST_LABEL_BYTES) continue;
    throw new RangeError(`Cannot ask for name: expected labels of 1–63 bytes, got '${name}'`);
  }
  return labels;
}

function questionOf(id: number, labels: readonly Buffer[], type: number): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header[2] = RECURSION_DESIRED;
  header.writeUInt16BE(1, 4);
  const name = labels.flatMap((label) => [Buffer.of(label.length), label]);
  return Buffer.concat([header, ...name, Buffer.of(0, 0, type, 0, CLASS_INTERNET)]);
}
