import { expect, test } from 'vitest';
import { directorOf } from '../../src/cli/simulate/outcome.js';
import { runGroup } from '../../src/cli/simulate/run-group.js';
import {
  divideRules,
  rulesOfGroup,
  type RuleSections,
} from '../../src/cli/simulate/rule-sections.js';
import type { SimulationTask } from '../../src/cli/simulate/simulation-task.js';

/** Services of several kinds whose rules are mixed, as a file may have them, too. */
const MIXED = [
  '-A -t 10.0.0.1:80 -s twos',
  '-A -u 10.0.0.1:53 -s wrr -o',
  '-a -t 10.0.0.1:80 -r 192.168.0.1:80 -m -w 3',
  '-a -u 10.0.0.1:53 -r 192.168.0.1:53 -g -w 2',
  '# a comment',
  '-a -t 10.0.0.1:80 -r 192.168.0.2:8080 -m',
  '-a -u 10.0.0.1:53 -r 192.168.0.2:53 -i -w 1 --tun-type ipip',
  '',
  '-A -t 10.0.0.2:21 -s lblcr -p 300',
  '-a -t 10.0.0.2:21 -r 192.168.0.1:21 -m -w 1 -x 40 -y 20',
  '-a -t 10.0.0.2:21 -r 192.168.0.3:21 -m -w 1',
  '-A -f 7 -s sh',
  '-a -f 7 -r 192.168.0.4 -g -w 1',
  '-a -f 7 -r 192.168.0.5 -g -w 2',
  '-A -t [2001:db8::1]:80 -s mh',
  '-a -t [2001:db8::1]:80 -r [2001:db8::2]:80 -m -w 1',
  '-a -t [2001:db8::1]:80 -r [2001:db8::3]:80 -m -w 1',
].join('\n');

function taskOf(text: string): SimulationTask {
  return {
    rules: { name: 'mixed.rules', text },
    connections: 2000,
    clients: 300,
    seed: 7,
    addresses: [],
    scheduler: undefined,
    leave: undefined,
    format: { json: true },
  };
}

function sectionsOf(text: string): RuleSections | undefined {
  return divideRules(text, directorOf({ name: 'mixed.rules', text }, { seed: 1 }).director);
}

test('a group gets the same with the rules it needs as with all', () => {
  const task = taskOf(MIXED);
  const sections = sectionsOf(MIXED) as RuleSections;

  for (const group of [[0, 3], [1, 4], [2]]) {
    const shown = runGroup({ ...task, sections }, group, () => undefined);

    expect(shown).toEqual(runGroup(task, group, () => undefined));
  }
});

test.each(['\n', '\r\n'])('a group needs no plain server of another service, ends %j', (end) => {
  const text = MIXED.replaceAll('\n', end);
  const sections = sectionsOf(text) as RuleSections;
  const lines = MIXED.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = ['-t 10.0.0.1:80', '-u 10.0.0.1:53', '-t 10.0.0.2:21'];

  for (const [index, name] of names.entries()) {
    const others = names.filter((each) => each !== name).map((each) => `-a ${each} `);
    const needed = lines.filter((line) => !others.some((head) => line.startsWith(head)));

    expect([...rulesOfGroup(text, sections, [index])].map((rule) => rule.text)).toEqual(needed);
  }
});

test.each([
  '-E -t 10.0.0.1:80 -s rr',
  '-d -t 10.0.0.1:80 -r 192.168.0.1:80',
  '--add-server -t 10.0.0.1:80 -r 192.168.0.9:80',
  ' -a -t 10.0.0.1:80 -r 192.168.0.9:80',
])('a text with %j is not divided', (line) => {
  expect(sectionsOf(`${MIXED}\n${line}`)).toBeUndefined();
});
