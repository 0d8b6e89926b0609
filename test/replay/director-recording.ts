/**
 * The shape of packet-level recordings: JSON Lines, a header and then one step per line.
 */
import { readJsonLines } from './json-lines.js';

/** One side of the recorded director. */
export interface RecordedHost {
  /** Its link address. */
  readonly mac: string;
  /** Its IPv4 address. */
  readonly ip: string;
  /** Its IPv6 address. */
  readonly ip6: string;
}

/** Packets to an address or prefix get a firewall mark, perhaps only those of a protocol and port. */
export interface RecordedMarkRule {
  readonly daddr: string;
  readonly mark: number;
  readonly proto?: 'tcp' | 'udp' | 'sctp' | null;
  readonly dport?: number | null;
}

/** What the director was connected to. */
export interface RecordedTopology {
  readonly vips: readonly string[];
  readonly rips?: readonly string[];
  readonly local_prefixes?: readonly string[];
  readonly mtu_client_side: number;
  readonly mtu_server_side: number;
  readonly fwmark_rules?: readonly RecordedMarkRule[];
  readonly director_client_side: RecordedHost;
  readonly director_server_side: RecordedHost;
  readonly client_gateway: RecordedHost;
}

/** The first line. */
export interface RecordingHeader {
  readonly kernel: string;
  readonly set: string;
  readonly name: string;
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly extra_sysctl?: Readonly<Record<string, string | number>>;
  readonly topology: RecordedTopology;
  /** Addresses of the host itself, where it has sockets. */
  readonly local?: readonly string[];
}

/** A described packet. */
export interface RecordedPacket {
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  readonly proto: 'TCP' | 'UDP';
  readonly flags?: string;
  readonly mark?: number;
}

/** What was seen after a described packet. */
export type RecordedOutcome =
  | null
  | { readonly server: string; readonly dport?: number }
  | { readonly icmp: readonly [number, number]; readonly from: string; readonly to: string }
  | { readonly rst: true; readonly flags: string; readonly from: string; readonly to: string };

/** A frame on one of the wires. */
export interface RecordedFrame {
  readonly dev: 'client' | 'server';
  readonly hex: string;
}

/** A server line: address, method, weight, active, inactive. */
export type RecordedServerLine = readonly [string, string, number, number, number];

/** A service with its servers. */
export type RecordedServiceLines = readonly [string, string, readonly RecordedServerLine[]];

/** A connection: protocol, client, virtual, destination, state, seconds left. */
export type RecordedConnection = readonly [string, string, string, string, string, number];

/** One step; which fields it has depends on `op`. */
export interface RecordedStep {
  readonly i: number;
  readonly t: number;
  readonly op: string;
  readonly argv?: string;
  readonly rc?: number;
  /** What the host tracks. */
  readonly ct?: readonly string[];
  readonly stdout?: string;
  readonly stderr?: string;
  /** A listing of the connections as text. */
  readonly lnc?: string;
  /** The name of a file, and what it holds. */
  readonly path?: string;
  readonly text?: string;
  /** What was given to the firewall of the recording host. */
  readonly input?: string;
  /** IP packets that the host sent by itself since the step before. */
  readonly self?: readonly string[];
  /** IP packets that the host sent, as they were before the director looked at them. */
  readonly host?: readonly string[];
  /** IP packets that the host got. */
  readonly deliver?: readonly string[];
  /** ICMP errors that the director made. */
  readonly own_icmp?: readonly string[];
  readonly name?: string;
  readonly value?: number | string;
  readonly note?: string;
  /** How a setting was refused. */
  readonly error?: string;
  /** The tunables of the defenses. */
  readonly values?: Readonly<Record<string, number>>;
  readonly available_pages?: number;
  /** How many entries were in each state. */
  readonly entries?: Readonly<Record<string, number>>;
  readonly dev?: 'client' | 'server';
  readonly in?: RecordedPacket | string;
  readonly out?: RecordedOutcome | readonly RecordedFrame[];
  readonly out_last?: readonly RecordedFrame[];
  readonly repeat?: number;
  readonly services?: readonly RecordedServiceLines[];
  readonly conns?: readonly RecordedConnection[];
}

/** A whole recording. */
export interface DirectorRecording {
  readonly header: RecordingHeader;
  readonly steps: readonly RecordedStep[];
}

/**
 * Reads a recording.
 *
 * @param text - JSON Lines.
 * @returns The header and the steps.
 * @throws {InputError} When a line is no JSON.
 */
export function readDirectorRecording(text: string): DirectorRecording {
  const [header, ...steps] = readJsonLines(text);
  return { header: header as RecordingHeader, steps: steps as RecordedStep[] };
}
