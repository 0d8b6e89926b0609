/**
 * The rules and settings that a shell script makes, for those who do them: it is refused at the first line that cannot
 * be followed.
 */
import type { RuleLine } from '../../ipvsadm/numbered-lines.js';
import type { TunableLine } from '../understood-text.js';
import type { TextError } from '../text-error.js';
import type { CommandNode } from './nodes.js';
import { parseScript } from './parse-script.js';
import type { ScriptVisitor } from './script-visitor.js';
import { tunablesOf } from './tunable-commands.js';
import { ScriptWalk } from './walk.js';

/** What a script does. */
export interface ScriptReading {
  /** The rules, in the order in which they are made. */
  readonly rules: readonly RuleLine[];
  /** The kernel's settings that it changes. */
  readonly tunables: readonly TunableLine[];
}

/**
 * Reads a script.
 *
 * @param script - The script.
 * @param parameters - Its arguments; default `start`.
 * @returns What it does.
 * @throws {TextError} When a call of the tool depends on what cannot be known.
 */
export function readScript(script: string, parameters?: readonly string[]): ScriptReading {
  const reader = new RuleReader();
  new ScriptWalk(reader, parameters).run(parseScript(script));
  return { rules: reader.made, tunables: reader.tunables };
}

class RuleReader implements ScriptVisitor {
  readonly visitsUnknown = false;
  readonly made: RuleLine[] = [];
  readonly tunables: TunableLine[] = [];

  rules(rules: readonly RuleLine[]): void {
    for (const rule of rules) this.made.push(rule);
  }

  command(words: readonly string[], node: CommandNode): void {
    this.tunables.push(...tunablesOf(words, node));
  }

  refused(error: TextError): never {
    throw error;
  }
}
