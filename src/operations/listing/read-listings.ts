/**
 * Reads listings of a director, one or several in a row: `ipvsadm -L` in all its forms, `-L -c`, `--timeout`,
 * `--daemon`, and the files ip_vs, ip_vs_conn, ip_vs_conn_sync, ip_vs_stats and ip_vs_stats_percpu of /proc/net.
 */
import type { ListedConnection } from '../../ipvsadm/listed-connection.js';
import type { ListColumns } from '../../ipvsadm/command.js';
import type { HostLookup } from '../../ipvsadm/parse-options.js';
import type { RuleLine } from '../../ipvsadm/numbered-lines.js';
import type {
  ListedNumbers,
  TextWarning,
  TunableLine,
  UnderstoodText,
} from '../understood-text.js';
import { hasPrompt } from '../prompts.js';
import { readConnectionRow, readKernelConnectionRow } from './connection-rows.js';
import { rulesOfListings } from './listing-rules.js';
import { HEXADECIMAL_ENDPOINT } from './row-values.js';
import { ServiceRows, type ServiceSection } from './service-rows.js';
import { daemonRule, timeoutRule } from './single-lines.js';
import { StatisticsRows } from './statistics-rows.js';

/** How listings are read. */
export interface ListingOptions {
  /** Resolves host names; default none is. */
  readonly hosts?: HostLookup | undefined;
  /** How many units a second has in the timeouts of /proc/net/ip_vs: the kernel's `CONFIG_HZ`; default 100. */
  readonly ticksPerSecond?: number | undefined;
  /** Whether the servers of `ipvsadm -L` are newest first, as `--nosort` lists them; default `false`. */
  readonly newestFirst?: boolean | undefined;
}

/** What listings say. */
export interface ListingReading extends Omit<UnderstoodText, 'kind' | 'rules'> {
  /** The rules that make what is listed. */
  readonly rules: readonly RuleLine[];
}

const DEFAULT_TICKS = 100;
const COLUMNS: readonly (readonly [RegExp, ListColumns])[] = [
  [/\bInPkts\b/, 'stats'],
  [/\bInPPS\b/, 'rate'],
  [/\bUthreshold\b/, 'thresholds'],
  [/\bPersistConn\b/, 'persistent-conn'],
];
/** Lines that say what follows, and nothing of it. */
const TITLES = /^\s*IP(?:\sVirtual\sServer|VS\sconnection\sentries)/;
/** A setting of the kernel among listings. */
const TUNABLE = /^\s*(net\.ipv4\.vs\.\w+)\s*=\s*(.*)$/;
/** A header of the kernel's, unlike the tool's, does not align its columns. */
const KERNEL_HEADER = /-> RemoteAddress:Port Forward/;

/**
 * Reads listings.
 *
 * @param text - The listings; other lines before, between and behind them are passed over with a warning.
 * @param options - How they are read.
 * @returns What they say.
 * @throws {TextError} When a row cannot be read.
 */
export function readListings(text: string, options: ListingOptions = {}): ListingReading {
  const reader = new ListingReader(options);
  for (const [index, line] of text.split('\n').entries()) reader.take(line, index + 1);
  return reader.finish();
}

type Section = 'services' | 'connections' | 'kernel-connections' | 'statistics';

class ListingReader {
  private rows = new ServiceRows();
  private readonly statistics = new StatisticsRows();
  private readonly connections: ListedConnection[] = [];
  private readonly single: RuleLine[] = [];
  private readonly warnings: TextWarning[] = [];
  private readonly tunables: TunableLine[] = [];
  /** The headers of whole listings so far. */
  private readonly headers = new Set<string>();
  /** The lines that begin the present listing; empty when it has no title. */
  private title = '';
  private section: Section | undefined;
  private format: ServiceSection;

  constructor({ hosts, ticksPerSecond = DEFAULT_TICKS, newestFirst = false }: ListingOptions) {
    this.format = { columns: 'plain', hexadecimal: false, hosts, ticksPerSecond, newestFirst };
  }

  take(line: string, number: number): void {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || this.header(line, words, number)) return;
    if (words[0] === '->') this.server(words, number);
    else if (/^(?:TCP|UDP|SCTP|FWM|IP)$/.test(words[0] ?? '')) this.row(words, number);
    else if (this.section === 'statistics' && this.statistics.take(words, number)) return;
    else this.other(line, number);
  }

  finish(): ListingReading {
    const { rules, numbers, warnings } = rulesOfListings(this.rows.services);
    const { total } = this.statistics;
    return {
      rules: [...rules, ...this.single],
      numbers: numbers satisfies readonly ListedNumbers[],
      connections: this.connections,
      tunables: this.tunables,
      ...(total !== undefined && { total }),
      warnings: [...this.warnings, ...warnings],
    };
  }

  /** Whether a line is a header, which then begins a section or says more about it. */
  private header(line: string, words: readonly string[], number: number): boolean {
    if (TITLES.test(line)) {
      this.title = line.includes('Virtual') ? line : '';
      return true;
    }
    if (words[0] === 'Prot' && words[1] === 'LocalAddress:Port') {
      const columns = COLUMNS.find(([pattern]) => pattern.test(line))?.[1] ?? 'plain';
      this.section = 'services';
      this.format = { ...this.format, columns, hexadecimal: false };
      this.title &&= line;
      return true;
    }
    if (words[1] === 'RemoteAddress:Port') {
      this.format = { ...this.format, hexadecimal: KERNEL_HEADER.test(line) };
      if (this.title !== '') this.begin(this.title + line, number);
      return true;
    }
    return this.otherHeader(words);
  }

  /** Begins a listing of all services; one of the same form before it was of an earlier time. */
  private begin(header: string, line: number): void {
    this.title = '';
    if (this.headers.has(header)) {
      this.headers.clear();
      this.rows = new ServiceRows();
      this.connections.length = 0;
      const text = 'the same listing again, so services and connections before it are passed over';
      this.warnings.push({ line, text });
    }
    this.headers.add(header);
  }

  private otherHeader(words: readonly string[]): boolean {
    const start = words.slice(0, 2).join(' ');
    if (start === 'pro expire') this.section = 'connections';
    else if (start === 'Pro FromIP') this.section = 'kernel-connections';
    else if (
      start === 'Total Incoming' ||
      words.includes('Conns/s') ||
      /^(?:CPU )?Conns/.test(start)
    ) {
      this.section = 'statistics';
      this.statistics.header(words);
    } else return false;
    return true;
  }

  private row(words: readonly string[], line: number): void {
    if (this.section === 'kernel-connections') {
      this.connections.push(readKernelConnectionRow(words, line));
    } else if (/^\d+:\d\d$/.test(words[1] ?? '')) {
      this.connections.push(
        readConnectionRow(words, { hosts: this.format.hosts, hexadecimal: false }, line),
      );
    } else if (
      this.section === undefined &&
      /^[\dA-F]{8}$/.test(words[1] ?? '') &&
      words.length > 7
    ) {
      this.connections.push(readKernelConnectionRow(words, line));
    } else {
      this.learnFormat(words[1] ?? '', words);
      this.rows.service(words, this.format, line);
    }
  }

  private server(words: readonly string[], line: number): void {
    this.learnFormat(words[1] ?? '', words);
    this.rows.server(words, this.format, line);
  }

  /** A listing without its header shows by its rows what it is. */
  private learnFormat(endpoint: string, words: readonly string[]): void {
    const isHexadecimal = HEXADECIMAL_ENDPOINT.test(endpoint);
    const isDecimal = /^\d+\.\d+\.\d+\.\d+:/.test(endpoint);
    if (isHexadecimal || isDecimal) this.format = { ...this.format, hexadecimal: isHexadecimal };
    if (this.section === undefined && /^\d+[KMGT]?$/.test(words[2] ?? '') && words.length === 7) {
      this.format = { ...this.format, columns: 'stats' };
    }
  }

  private other(line: string, number: number): void {
    if (/^\s*#/.test(line) || hasPrompt(line)) return;
    const rule = timeoutRule(line, number) ?? daemonRule(line, number);
    const [, name, value = ''] = TUNABLE.exec(line) ?? [];
    if (rule !== undefined) this.single.push(rule);
    else if (name !== undefined) this.tunables.push({ name, value: value.trim(), line: number });
    else if (!/^\s*(?:```|[~.…-]+\s*$)/.test(line)) {
      this.warnings.push({
        line: number,
        text: `passed over, since it is no row of a listing: '${line.trim()}'`,
      });
    }
  }
}
