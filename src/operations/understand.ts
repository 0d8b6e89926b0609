/**
 * The one door for whatever is pasted: text in, rules and state out.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import type { HostLookup } from '../ipvsadm/parse-options.js';
import { parseKeepalived, type ParseOptions } from '../keepalived/parse.js';
import { pastedBlock } from './pasted-block.js';
import { type InputKind, inputKindOf } from './input-kind.js';
import { readListings } from './listing/read-listings.js';
import { NOTHING, plainRules } from './plain-rules.js';
import { printedRules, withoutPrompts } from './prompts.js';
import { readScript, type ScriptReading } from './script/read-script.js';
import { readSysctls } from './sysctl-lines.js';
import { TextError } from './text-error.js';
import type { UnderstoodText } from './understood-text.js';

/** How texts are read. */
export interface UnderstandOptions {
  /** The kind; default: it is recognized. */
  readonly kind?: InputKind;
  /** Resolves host names, in listings without `-n`; default none is. */
  readonly hosts?: HostLookup;
  /** Whether rules are read as the tool does, without comments; default `false`. */
  readonly strict?: boolean;
  /** The arguments of a script; default `start`. */
  readonly parameters?: readonly string[];
  /** The kernel's `CONFIG_HZ`, in which /proc/net/ip_vs has timeouts; default 100. */
  readonly ticksPerSecond?: number;
  /** Whether the servers of listings are newest first, as `--nosort` lists them; default `false`. */
  readonly newestFirst?: boolean;
  /** How a keepalived.conf is read. */
  readonly keepalived?: ParseOptions;
}

const UNDERSTAND_OPTIONS: OptionNames<UnderstandOptions> = {
  kind: true,
  hosts: true,
  strict: true,
  parameters: true,
  ticksPerSecond: true,
  newestFirst: true,
  keepalived: true,
};

/**
 * Understands a text: rules of ipvsadm, a script that calls it, a keepalived.conf, listings, files of /proc/net,
 * or settings of the kernel.
 *
 * @param text - The text.
 * @param options - How it is read.
 * @returns What it comes to.
 * @throws {TextError} When it is not understood, with the line, what is there and what is read instead. Rules are
 *   read when they are done, so a wrong one is not refused here.
 * @example
 * {@includeCode ../../docs/examples/understand.ts}
 */
export function understand(text: string, options: UnderstandOptions = {}): UnderstoodText {
  requireKnownOptions('understand a text', options, UNDERSTAND_OPTIONS);
  const clean = options.strict === true ? text : pastedBlock(text.replace(/^\uFEFF/, ''));
  const kind = options.kind ?? inputKindOf(clean);
  const { hosts, ticksPerSecond, newestFirst } = options;
  switch (kind) {
    case 'ipvsadm':
      return plainRules(clean, options.strict);
    case 'script': {
      const script = unixLines(clean);
      const printed = printedRules(script);
      if (printed !== undefined) return plainRules(printed);
      return { ...NOTHING, kind, ...scriptReading(script, options) };
    }
    case 'keepalived':
      return { ...NOTHING, kind, keepalived: parseKeepalived(clean, options.keepalived) };
    case 'listing':
      return {
        ...NOTHING,
        kind,
        ...readListings(unixLines(clean), { hosts, ticksPerSecond, newestFirst }),
      };
    case 'sysctl': {
      const { tunables, others: hostSettings, warnings } = readSysctls(unixLines(clean));
      return { ...NOTHING, kind, tunables, hostSettings, warnings };
    }
  }
}

/** A service in a configuration of ldirectord, which is not read. */
const LDIRECTORD = /^virtual[ \t]*=[ \t]*\S/m;
const OF_LDIRECTORD = 'a configuration of ldirectord';
const SHELL = /^#!.*\b(?:ba|da|k|z)?sh\b/;
/** What is found in a script of a real server, for example. */
const NO_RULES = 'a script that makes no rule when it is started';

function scriptReading(text: string, { parameters }: UnderstandOptions): ScriptReading {
  const reading = readScript(withoutPrompts(text), parameters);
  if (reading.rules.length + reading.tunables.length > 0) return reading;
  const allowed =
    'rules of ipvsadm, a script that runs it, a keepalived.conf, a listing, or sysctl settings';
  const [first = ''] = text.trim().split('\n');
  const found = SHELL.test(first) ? NO_RULES : LDIRECTORD.test(text) ? OF_LDIRECTORD : first;
  throw new TextError({ line: 1, found, allowed });
}

function unixLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
