/**
 * How often the bell rings for the engine that works.
 */
import { afterEach, expect, it, vi } from 'vitest';
import { Bell } from '../../src/run/supervisor/bell.js';

afterEach(() => void vi.useRealTimers());

it('rings twice a second, and fifty times a second while an answer is awaited', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const state = { isAwaited: false };
  const bell = new Bell(() => state.isAwaited);
  const ringsIn = (ms: number): number => {
    const before = bell.number;
    vi.advanceTimersByTime(ms);
    return bell.number - before;
  };
  expect(ringsIn(10_000)).toBe(20);
  state.isAwaited = true;
  bell.ring();
  expect(ringsIn(1000)).toBe(50);
  state.isAwaited = false;
  expect(ringsIn(10_000)).toBe(20);
  bell.close();
  expect(ringsIn(10_000)).toBe(0);
});
