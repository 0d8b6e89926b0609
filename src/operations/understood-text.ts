/**
 * What a text comes to, whatever kind it is of.
 */
import type { ListedConnection } from '../ipvsadm/listed-connection.js';
import type { Traffic } from '../statistics/statistics.js';
import type { CommandServerAddress, CommandService } from '../ipvsadm/command.js';
import type { RuleLine } from '../ipvsadm/numbered-lines.js';
import type { ParsedConfiguration } from '../keepalived/parse.js';
import type { InputKind } from './input-kind.js';

/** What the reader of a text may want to know of it. */
export interface TextWarning {
  /** The number of the line, from 1; 0 for the text as a whole. */
  readonly line: number;
  /** What is to be said, in words. */
  readonly text: string;
}

/** A setting of the kernel under `net.ipv4.vs`. */
export interface TunableLine {
  /** Its full name, such as `net.ipv4.vs.conn_reuse_mode`. */
  readonly name: string;
  /** Its value, as it is written. */
  readonly value: string;
  /** The number of the line, from 1. */
  readonly line: number;
}

/** What a listing says of a service, or of one of its servers, beyond its rule. */
export interface ListedNumbers {
  /** The service. */
  readonly service: CommandService;
  /** The server; absent for the service itself. */
  readonly server?: CommandServerAddress;
  /** Active connections, if they are listed. */
  readonly active?: number;
  /** Inactive connections, if they are listed. */
  readonly inactive?: number;
  /** Persistence templates, if they are listed. */
  readonly persistent?: number;
  /** What `--stats` shows, if it is listed. */
  readonly totals?: Traffic;
  /** What `--rate` shows, if it is listed. */
  readonly rates?: Traffic;
}

/** The traffic of a whole director. */
export interface UnderstoodTotal {
  /** Counted since the start, or since the last zeroing. */
  readonly totals: Traffic;
  /** Per second, if the text has them. */
  readonly rates?: Traffic;
}

/** A text that was understood. */
export interface UnderstoodText {
  /** What kind of text it is. */
  readonly kind: InputKind;
  /** The rules that it makes, in order, as often as they are asked for; of a keepalived.conf none, which has its own result. */
  readonly rules: Iterable<RuleLine>;
  /** What a keepalived.conf says. */
  readonly keepalived?: ParsedConfiguration;
  /** What listings say beyond rules. */
  readonly numbers: readonly ListedNumbers[];
  /** The connections and templates of a listing. */
  readonly connections: readonly ListedConnection[];
  /** The whole director's traffic, of `/proc/net/ip_vs_stats`. */
  readonly total?: UnderstoodTotal;
  /** Settings of the kernel. */
  readonly tunables: readonly TunableLine[];
  /** Settings of the host's network in a text of kind `sysctl`: those that do not concern IPVS. */
  readonly hostSettings?: readonly TunableLine[];
  /** What the reader may want to know. */
  readonly warnings: readonly TextWarning[];
}
