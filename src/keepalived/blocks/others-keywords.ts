/**
 * Keywords of services and servers that concern others: mail and SNMP.
 */
import type { Keyword } from '../language/block-reader.js';
import type { ParseState } from './parse-state.js';
import { switchOf, wordAt } from './values.js';

/**
 * `snmp_name`, which concerns others.
 *
 * @param level - The block's name in messages.
 * @returns The keyword.
 */
export function snmpName(level: string): Keyword<ParseState> {
  return {
    run: (state, { words, place }): void => {
      if (words.length !== 2)
        state.log.add(`${level} snmp_name missing or extra parameters`, place);
    },
  };
}

/**
 * `smtp_alert`, which concerns others.
 *
 * @param level - The block's name in messages.
 * @returns The keyword.
 */
export function smtpAlert(level: string): Keyword<ParseState> {
  return {
    run: (state, statement): void => {
      const word = wordAt(statement);
      if (switchOf(word) !== undefined) return;
      state.log.add(`Invalid ${level} smtp_alert parameter ${word}`, statement.place);
    },
  };
}
