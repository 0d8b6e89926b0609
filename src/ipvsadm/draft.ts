/**
 * A line while it is read: which options were there, and their values.
 *
 * Each option is refused at once for a second command, for `-6` without `-f`, for a name that was
 * there already, and for a bad value; what belongs together is looked at when the line has ended.
 */
import type { SyncRole } from '../sync/sync-daemon.js';
import { defaultValues, type DraftValues } from './option-defaults.js';
import { IpvsadmError } from './error.js';
import { readOption } from './option-values.js';
import type { HostLookup } from './parse-options.js';
import type { CommandName, OptionName } from './options.js';
import type { FoundOption, LineReader } from './scan.js';
import type { Word } from './split.js';

/** Reads one line. */
export class Draft implements LineReader {
  /** The command; `undefined` until it was read. */
  command: CommandName | undefined;
  /** The role behind `--start-daemon` or `--stop-daemon`. */
  role: SyncRole = 'master';
  /** The options that were there, as they were written. */
  readonly present: Map<OptionName, Word> = new Map();
  /** The words that are no options. */
  readonly words: Word[] = [];
  /** What the options say. */
  readonly values: DraftValues = defaultValues();
  private readonly hosts: HostLookup | undefined;

  /** @param hosts - Resolves host names; default none is. */
  constructor(hosts?: HostLookup) {
    this.hosts = hosts;
  }

  word(word: Word): void {
    this.words.push(word);
  }

  option(found: FoundOption): void {
    const { spelling, word } = found;
    if (spelling.command !== undefined) this.takeCommand(spelling.command, found);
    else if (spelling.option !== undefined) this.takeOption(spelling.option, found);
    else if (spelling.long === 'ipv6') this.takeIpv6(word);
  }

  private takeCommand(command: CommandName, { word, value }: FoundOption): void {
    if (this.command !== undefined) throw new IpvsadmError(`invalid option \`${word.text}'`, word);
    this.command = command;
    if (value !== undefined) this.role = readRole(command, value);
  }

  private takeOption(name: OptionName, found: FoundOption): void {
    if (this.present.has(name)) {
      throw new IpvsadmError(`multiple '${name}' options specified`, found.word);
    }
    this.present.set(name, found.word);
    readOption(name, found, this.values, this.hosts);
  }

  private takeIpv6(word: Word): void {
    if (this.values.mark === 0) {
      throw new IpvsadmError('-6 used before -f', { ...word, lineEnds: 2 });
    }
    this.values.family = 6;
    this.values.netmask = undefined;
  }
}

function readRole(command: CommandName, { text, column }: Word): SyncRole {
  if (text === 'master' || text === 'backup') return text;
  const message =
    command === 'start-daemon'
      ? 'illegal start-daemon parameter specified'
      : 'illegal start_daemon specified';
  throw new IpvsadmError(message, { text, column });
}
