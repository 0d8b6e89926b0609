import { expect, test } from 'vitest';
import { groupsOf } from '../../src/cli/simulate/simulation-task.js';
import { stageOf } from '../simulation/support.js';

const director = (count: number): ReturnType<typeof stageOf>['director'] =>
  stageOf(
    Array.from({ length: count }, (_, index) => [
      `-A -t 10.0.0.${index + 1}:80 -s rr`,
      `-a -t 10.0.0.${index + 1}:80 -r 10.1.0.1 ${index % 2 === 0 ? '-g' : '-m'}`,
    ]).flat(),
  ).director;

test('every service is in one group, and a group has ten thousand connections or more', () => {
  for (const [services, connections, groups] of [
    [7, 1000, 1],
    [7, 30_000, 3],
    [7, 10_000_000, 7],
  ] as const) {
    const found = groupsOf(director(services), connections);

    expect(found).toHaveLength(groups);
    expect(found.flat().toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  }
});

test('groups with more packets come first', () => {
  expect(groupsOf(director(3), 10_000_000)).toEqual([[1], [0], [2]]);
});

test.each(['drop_entry', 'drop_packet', 'conntrack'])(
  'services that influence each other by %s are one group',
  (name) => {
    const made = director(3);
    made.setTunable(name, 1);

    expect(groupsOf(made, 10_000_000)).toHaveLength(1);
  },
);
