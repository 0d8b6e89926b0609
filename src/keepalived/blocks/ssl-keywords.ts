/**
 * The block SSL: files and a password for checks over TLS. It is looked at for its faults only.
 */
import type { Keyword } from '../language/block-reader.js';
import type { ParseState } from './parse-state.js';
import { wordAt } from './values.js';

/** What messages call the value of each keyword. */
const VALUES = {
  password: 'password',
  ca: 'cafile',
  certificate: 'certfile',
  key: 'keyfile',
} as const;

function valueKeyword([name, value]: readonly [string, string]): [string, Keyword<ParseState>] {
  const run = (state: ParseState, statement: Parameters<typeof wordAt>[0]): void => {
    const { log, ssl } = state;
    if (wordAt(statement) === undefined) log.add(`SSL ${value} missing`, statement.place);
    else if (ssl?.has(value) === true) {
      log.add(`SSL ${value} already specified - replacing`, statement.place, 'warning');
    } else ssl?.add(value);
  };
  return [name, { run }];
}

/** The keyword SSL; a second block takes the place of the first. */
export const sslKeyword: Keyword<ParseState> = {
  block: { keywords: new Map(/* @__PURE__ */ Object.entries(VALUES).map(valueKeyword)) },
  run: (state, { place }): void => {
    if (state.ssl !== undefined) {
      state.log.add('SSL context already specified - replacing', place, 'warning');
    }
    state.ssl = new Set();
  },
};
