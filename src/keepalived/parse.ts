/**
 * Reads keepalived.conf.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import { type BehaviorName, behaviorOf, type KeepalivedBehavior } from './behavior.js';
import type { Script } from './blocks/drafts.js';
import { ParseState } from './blocks/parse-state.js';
import { programOf } from './blocks/values.js';
import { topBlock } from './blocks/top-keywords.js';
import type { KeepalivedConfiguration } from './configuration.js';
import { type ConfigurationEnvironment, filesInMemory } from './environment.js';
import { BlockReader } from './language/block-reader.js';
import { ConfigLines } from './language/config-lines.js';
import { type KeepalivedMessage, MessageLog, type Place } from './messages.js';
import { resolveConfiguration } from './resolve/resolve.js';

/** How a configuration is read. */
export interface ParseOptions {
  /** `'strict'` reads what the manual page says, `'asRecorded'` as the program does; default strict. */
  readonly behavior?: BehaviorName | KeepalivedBehavior;
  /** Where included files, programs and users are; default: no files, every program, every user. */
  readonly environment?: ConfigurationEnvironment;
  /** What `@id` compares with; default `localhost`. */
  readonly configId?: string;
  /** Whether every `include` must find something, as `-e` says; default `false`. */
  readonly strictIncludes?: boolean;
  /** Whether this is a test of the file (`-t`), and not its use; default `false`. */
  readonly testing?: boolean;
  /** Where `${_RANDOM}` comes from; default always 0. */
  readonly random?: () => number;
}

/** What was read. */
export interface ParsedConfiguration {
  /** What is in force; empty when a message is fatal. */
  readonly configuration: KeepalivedConfiguration;
  /** What is to be said, in order. */
  readonly messages: readonly KeepalivedMessage[];
  /**
   * What `keepalived -t` ends with: 0 nothing to say, 2 a word is missing, 5 faults, 6 a script without
   * script security, or a strict include that finds nothing.
   */
  readonly exitStatus: 0 | 2 | 5 | 6;
}

const OPTION_NAMES: OptionNames<ParseOptions> = {
  behavior: true,
  environment: true,
  configId: true,
  strictIncludes: true,
  testing: true,
  random: true,
};

const EMPTY: KeepalivedConfiguration = {
  globals: {
    flush: false,
    flushOnStop: undefined,
    timeouts: undefined,
    syncDaemon: undefined,
    initNotifies: false,
  },
  services: [],
};

/**
 * Reads a configuration. Any text at all is answered with messages; nothing is thrown for it.
 *
 * @param text - The main file.
 * @param options - How it is read.
 * @returns What is in force, and what is to be said.
 * @throws {TypeError} When an option has an unknown name.
 * @throws {RangeError} When the name of a behavior is unknown.
 * @example
 * {@includeCode ../../docs/examples/keepalived-parse.ts}
 */
export function parseKeepalived(text: string, options: ParseOptions = {}): ParsedConfiguration {
  requireKnownOptions('read a configuration', options, OPTION_NAMES);
  const behavior = behaviorOf(options.behavior ?? 'strict');
  const environment = options.environment ?? filesInMemory();
  const { configId = 'localhost', strictIncludes = false, testing = false } = options;
  const { random = (): number => 0 } = options;
  const log = new MessageLog();
  const state = new ParseState(log, behavior, environment, testing);
  const lines = new ConfigLines({ environment, behavior, configId, strictIncludes, random, log });
  const reader = new BlockReader(topBlock, state, log, !behavior.unknownBlocksLeak);
  for (const line of lines.of(text)) {
    if (log.fatal) break;
    reader.read(line);
  }
  reader.finish();
  const configuration = log.fatal ? EMPTY : resolveConfiguration(state, testing);
  if (!testing) reportMissingScripts(configuration, log);
  const exitStatus = exitStatusOf(state, configuration);
  return { configuration, messages: log.messages, exitStatus };
}

/** Scripts that are not there; the test mode does not look for them. */
function reportMissingScripts({ services }: KeepalivedConfiguration, log: MessageLog): void {
  const checkers = services.flatMap(({ servers }) => servers.flatMap((server) => server.checkers));
  for (const { kind, misc, place } of checkers) {
    if (kind !== 'MISC_CHECK' || misc.script === undefined || misc.script.program !== undefined)
      continue;
    const program = programOf(misc.script.command);
    for (const text of [
      `Script ${program} cannot be accessed - No such file or directory`,
      `Disabling misc script '${program}' since not found/accessible`,
    ]) {
      log.add(text, undefined, 'warning', place);
    }
  }
}

function exitStatusOf(state: ParseState, configuration: KeepalivedConfiguration): 0 | 2 | 5 | 6 {
  const { log } = state;
  if (log.fatal) return 2;
  const user = placeOfScript(configuration);
  const insecure = !isSecure(state) && (state.droppedScripts || user !== undefined);
  if (insecure) log.add(INSECURE, undefined, 'warning', user);
  if (insecure || log.missingFiles) return 6;
  return log.messages.some(({ severity }) => severity !== 'notice') ? 5 : 0;
}

/** The first statement that uses a script that exists. */
function placeOfScript({ services }: KeepalivedConfiguration): Place | undefined {
  const isThere = (script: Script | undefined): boolean => script?.program !== undefined;
  const users = services.flatMap(({ place, quorumUp, quorumDown, servers }) => [
    { place, isUser: isThere(quorumUp) || isThere(quorumDown) },
    ...servers.flatMap((server) => [
      { place: server.place, isUser: isThere(server.notifyUp) || isThere(server.notifyDown) },
      ...server.checkers.map(({ place: from, kind, misc }) => {
        return { place: from, isUser: kind === 'MISC_CHECK' && isThere(misc.script) };
      }),
    ]),
  ]);
  return users.find(({ isUser }) => isUser)?.place;
}

const INSECURE =
  'SECURITY VIOLATION - check scripts are being executed but script_security not enabled.';

function isSecure({ globals }: ParseState): boolean {
  return globals.scriptSecurity && globals.scriptUserKnown !== false;
}
