/**
 * What is done with what a walk through a script finds: those who need its rules end at the first refusal, those who
 * look at all that it does go on.
 */
import type { RuleLine } from '../../ipvsadm/numbered-lines.js';
import type { TextError } from '../text-error.js';
import type { CommandNode } from './nodes.js';
import type { Variables } from './variables.js';

/** What is done with what a walk finds. */
export interface ScriptVisitor {
  /**
   * Whether commands of which it is unknown whether they run are visited, too. What they assign is unknown afterwards.
   */
  readonly visitsUnknown: boolean;
  /** Takes rules, in the order in which they are made. */
  rules(rules: readonly RuleLine[]): void;
  /** Takes a command that is no call of the tool, its words expanded. */
  command(words: readonly string[], node: CommandNode, variables: Variables): void;
  /** Takes a refusal; throws it to end the walk. */
  refused(error: TextError): void;
}
