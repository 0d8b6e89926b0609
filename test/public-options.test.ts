/**
 * No public constructor or function that takes options is left out of `unknown-options.test.ts`: the API report names
 * them all.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from '../scripts/entries.mjs';
import { doors } from './support/option-doors.js';

/** Parameters that are objects of options, by their types. */
const TAKES_OPTIONS =
  /[(,] ?(?:\w+|\{[^}]*\})(?:\?)?: (?:Partial<|Pick<)?(?!Forwarding)\w*(?:Options|Settings|Environment|Flags)\b/;

/** What takes something with such a type that is no object of options. */
const EXEMPT: Readonly<Record<string, string>> = {
  'Administration.addServer': 'Director.addServer is the same',
  'Administration.addService': 'Director.addService is the same',
  'Administration.editServer': 'Director.editServer is the same',
  'Administration.editService': 'Director.editService is the same',
  'Administration.setTimeouts': 'Director.setTimeouts is the same',
  'ConnectionTracking.attach': 'takes what a director hands to its parts',
  DeletedServices: 'is made by ServiceTable, which checks its environment',
  serverListOptions: 'takes an environment that was checked',
};

/** Classes and functions that take options, from the report. */
function optionTakers(): string[] {
  const takers = new Set<string>();
  let owner: string | undefined;
  for (const line of readFileSync(`${root}docs/api-report.txt`, 'utf8').split('\n')) {
    if (!line.startsWith('  ')) owner = /^class (\w+)/.exec(line)?.[1];
    if (!TAKES_OPTIONS.test(line)) continue;
    const name = /^(?:function | {2}(?:static |async |override )*)(\w+)\(/.exec(line)?.[1];
    if (name === undefined) continue;
    if (line.startsWith('function ')) takers.add(name);
    else if (owner !== undefined) takers.add(name === 'constructor' ? owner : `${owner}.${name}`);
  }
  return [...takers];
}

test('every public name that takes options is tried with a misspelled one', () => {
  const takers = optionTakers();
  expect(takers.length).toBeGreaterThan(40);
  expect(takers.filter((name) => !(name in doors || name in EXEMPT))).toEqual([]);
});

test('every exemption is still needed', () => {
  const takers = optionTakers();
  expect(Object.keys(EXEMPT).filter((name) => !takers.includes(name) || name in doors)).toEqual([]);
});
