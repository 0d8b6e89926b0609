/**
 * Reads inputs: of each line it is found out what it concerns, and a line of no kind is left out.
 */
import { parseKeepalived, type ParseOptions } from '../../keepalived/parse.js';
import { pastedBlock } from '../../operations/pasted-block.js';
import { inputKindOf } from '../../operations/input-kind.js';
import { printedRules } from '../../operations/prompts.js';
import { TextError } from '../../operations/text-error.js';
import { understand } from '../../operations/understand.js';
import type { LintInput } from '../lint-rule.js';
import { EMPTY_TOPOLOGY, type LintTopology } from '../topology.js';
import { emptyFirewall, type LintFirewall } from './firewall.js';
import { FirewallReader } from './firewall-lines.js';
import { LintHost } from './host.js';
import { readHostLine } from './host-lines.js';
import { configuredServices } from './keepalived-services.js';
import { RuleTable } from './rule-table.js';
import { isScript, scriptLines } from './script-lines.js';
import type { LintConfiguration, LintLine, LintSubject, LintUnfollowed } from './subject.js';

/** How inputs are read. */
export interface SubjectOptions {
  /** The network around the director; default nothing is known of it. */
  readonly topology?: LintTopology;
  /** How a keepalived.conf is read: where its files are, and whose it is. */
  readonly keepalived?: (input: LintInput) => Pick<ParseOptions, 'environment' | 'configId'>;
}

/** A line of saved rules of a firewall, or one of sysctl.d. */
const SAVED = /^-(?:[AI]\s+[A-Za-z]|[a-z]+[./])/;
/** A line that begins with a command of ipvsadm, with or without the program's name. */
const RULE = /^(?:\S*\/)?ipvsadm(?:\s|$)/;

/**
 * Reads inputs.
 *
 * @param inputs - The texts.
 * @param options - How they are read.
 * @returns What they say.
 */
export function readSubject(inputs: readonly LintInput[], options: SubjectOptions): LintSubject {
  const table = new RuleTable();
  const firewall = emptyFirewall();
  const hosts: LintHost[] = [];
  const configurations: LintConfiguration[] = [];
  const notUnderstood: string[] = [];
  const unfollowed: LintUnfollowed[] = [];
  for (const { name, text } of inputs) {
    const input = { name, text: pastedBlock(text) };
    const host = new LintHost(input.name);
    hosts.push(host);
    if (inputKindOf(input.text) === 'keepalived') {
      host.isDirector = true;
      const parsed = parseKeepalived(input.text, options.keepalived?.(input));
      configurations.push({ file: input.name, lines: input.text.split(/\r?\n/), parsed });
    } else if (inputKindOf(input.text) === 'listing') {
      readListing(input, table, host);
    } else {
      const lines = { name, text: printedRules(input.text) ?? input.text };
      const isSilent = !readLines(lines, unfollowed, table, firewall, host);
      if (isSilent) notUnderstood.push(input.name);
    }
  }
  const services = [...table.services, ...configurations.flatMap(configuredServices)];
  return {
    services,
    servers: services.flatMap((service) =>
      service.servers.map((server) => [service, server] as const),
    ),
    refusals: table.refusals,
    unfollowed,
    edits: table.edits,
    commands: table.commands,
    hosts,
    firewall,
    configurations,
    notUnderstood,
    topology: options.topology ?? EMPTY_TOPOLOGY,
  };
}

/** The rules that a listing of ipvsadm or /proc/net/ip_vs shows. */
function readListing({ name, text }: LintInput, table: RuleTable, host: LintHost): void {
  host.isDirector = true;
  try {
    for (const rule of understand(text).rules) {
      table.read({ text: rule.text, place: { file: name, line: rule.line, column: 1 } }, false);
    }
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    const { line, found, message } = error;
    table.refuse({ text: found, place: { file: name, line, column: 1 } }, message);
  }
}

/** Reads lines; returns whether any of them was understood. */
function readLines(
  input: LintInput,
  unfollowed: LintUnfollowed[],
  table: RuleTable,
  firewall: LintFirewall,
  host: LintHost,
): boolean {
  const lenient = isScript(input.text);
  const script = lenient ? scriptLines(input.name, input.text) : undefined;
  unfollowed.push(...(script?.unfollowed ?? []));
  // In a script a line that begins with an option is no rule: it belongs to something else.
  const hasRules = !lenient || inputKindOf(input.text) === 'ipvsadm';
  const rules = new FirewallReader(firewall);
  const unknown: LintLine[] = [];
  // A script that only shows what is there has nothing to check.
  let understood =
    script !== undefined && (script.unfollowed.length > 0 || /\bipvsadm\b/.test(input.text));
  for (const line of script?.lines ?? plainLines(input)) {
    const isKnown =
      ((hasRules || RULE.test(line.text)) && readRule(line, lenient, table, host)) ||
      rules.read(line.text, line.place) ||
      readHostLine(line.text, line.place, host);
    if (isKnown) understood = true;
    else if (!lenient) unknown.push(line);
  }
  // In a file of rules a line that is nothing else is a rule that is refused.
  if (understood) for (const line of unknown) table.read(line, false);
  return understood;
}

function readRule(line: LintLine, lenient: boolean, table: RuleTable, host: LintHost): boolean {
  const isCommand = RULE.test(line.text);
  if (!isCommand && (!line.text.startsWith('-') || SAVED.test(line.text))) return false;
  host.isDirector = true;
  const text = isCommand ? line.text.replace(/^\S+\s*/, '') : '';
  table.read(isCommand ? { ...line, text } : line, lenient);
  return true;
}

function plainLines({ name, text }: LintInput): LintLine[] {
  const lines: LintLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const column = raw.search(/\S/) + 1;
    const first = raw[column - 1];
    // A comment of rules or sysctl.d.
    if (column === 0 || first === '#' || first === ';') continue;
    lines.push({ text: raw.trim(), place: { file: name, line: index + 1, column } });
  }
  return lines;
}
