import { expect, test, vi } from 'vitest';
import { workingClock } from '../../bench/harness/steady-engine.js';

test('the clock of a thread that works counts neither other processes nor other threads', () => {
  let passed = performance.now();
  let used = 1e9;
  vi.spyOn(performance, 'now').mockImplementation(() => passed);
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user: used * 1000, system: 0 }));
  const clock = workingClock();
  const spans = [
    { passed: 5, used: 3, worked: 3 },
    { passed: 2, used: 4, worked: 2 },
    { passed: 1, used: 1, worked: 1 },
  ];
  for (const span of spans) {
    const start = clock();
    passed += span.passed;
    used += span.used;
    expect(clock() - start).toBeCloseTo(span.worked, 3);
  }
  vi.restoreAllMocks();
});
