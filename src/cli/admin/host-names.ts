/**
 * Host names of rules, resolved before the rules are read, since reading waits for nothing.
 */
import { IpAddress } from '../../ip-address.js';
import { IpvsadmError } from '../../ipvsadm/error.js';
import type { HostLookup, ParseOptions } from '../../ipvsadm/parse-options.js';
import { parseArguments, parseCommand } from '../../ipvsadm/parse.js';
import { InputError } from '../command.js';
import type { Io } from '../io.js';
import { type RulesFile, understandFile } from '../rules-file.js';

/** Stands for an address that is not known yet, while names are collected. */
const PLACEHOLDER = '127.0.0.1';

/**
 * Resolves all host names of some rules and commands.
 *
 * @param rules - A file of rules.
 * @param commands - The words of further commands.
 * @param options - How the rules are read.
 * @param io - Resolves each name.
 * @returns The answers; names without an IPv4 address have none.
 */
export async function resolveHosts(
  rules: RulesFile,
  commands: readonly (readonly string[])[],
  options: ParseOptions,
  io: Io,
): Promise<HostLookup> {
  const names = [...collectNames(rules, commands, options)];
  const found = await Promise.all(names.map((name) => io.lookUp(name)));
  const addresses = new Map(names.map((name, index) => [name, found[index]]));
  return (name) => {
    const address = addresses.get(name);
    return address === undefined ? undefined : IpAddress.parse(address);
  };
}

function collectNames(
  rules: RulesFile,
  commands: readonly (readonly string[])[],
  options: ParseOptions,
): Set<string> {
  const names = new Set<string>();
  const hosts: HostLookup = (name) => {
    names.add(name);
    return IpAddress.parse(PLACEHOLDER);
  };
  for (const { text } of attempt(() => understandFile(rules, { hosts }).rules) ?? []) {
    attempt(() => parseCommand(text, 1, { ...options, hosts }));
  }
  for (const words of commands) attempt(() => parseArguments(words, { hosts }));
  return names;
}

/** What is refused is reported when it is done. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof IpvsadmError || error instanceof InputError) return undefined;
    throw error;
  }
}
