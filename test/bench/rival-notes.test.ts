import { expect, test } from 'vitest';
import { rivalNotes } from '../../bench/harness/rival-notes.js';
import type { Row } from '../../bench/harness/report.js';

function row(job: string, impl: string, nsPerOp: number, ratioToBestRival: number, n = 8): Row {
  return { suite: 'pick', job, impl, n, nsPerOp, spread: 0, ratioToLimit: 1, ratioToBestRival };
}

test('the notes name the fastest implementation that overtakes a pick and does the whole job', () => {
  const notes = rivalNotes([
    row('wrr, equal', 'ipvs', 12, 1.2),
    row('wrr, equal', 'loadbalance', 6, 0.6),
    row('wrr, equal', 'linear scan', 11, 1.1),
    row('wrr, equal', 'another', 10, 1),
    row('wrr, equal', 'limit: nothing', 5, 0.5),
  ]);
  expect(notes).toContain('| pick: wrr, equal | 8 | 12.0 | another | 10.0 | 1.20 |  |');
});

test('the notes pass over what is no slower', () => {
  const notes = rivalNotes([
    row('lc, equal', 'ipvs', 10, 1.04),
    row('lc, equal', 'linear scan', 9.6, 1),
  ]);
  expect(notes).toContain('Nothing that does the whole job is faster');
});

test('the notes tell what packages leave out', () => {
  expect(rivalNotes([])).toContain('- loadbalance as rr cannot pass over a server');
});

test('the notes say why a package is faster, where that is known', () => {
  const notes = rivalNotes([
    row('rr, equal', 'ipvs', 12, 1.2, 1024),
    row('rr, equal', 'linear scan', 10, 1, 1024),
  ]);
  expect(notes).toMatch(/linear scan \| 10\.0 \| 1\.20 \| the walk finds .* \|/);
});
