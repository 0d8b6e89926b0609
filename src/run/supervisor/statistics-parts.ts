/**
 * Reads the statistics of an engine part by part, so that no frame waits for all of them.
 */
import type { StatisticsRegistryState } from '../../statistics/statistics-registry.js';
import type { StatisticsPart } from '../engine/messages.js';
import { readObject } from './engine-answers.js';
import type { Reply } from './engine-handle.js';

/** More parts than services can be: an engine that was taken over may go on for ever. */
const MOST_PARTS = 65_536;

/**
 * Reads all parts.
 *
 * @param ask - Asks for the first part, or for the next one.
 * @returns All that was counted; `undefined` when the engine has ended, or has answered anything else.
 */
export async function readParts(
  ask: (part: 'first' | 'next') => Promise<Reply>,
): Promise<StatisticsRegistryState | undefined> {
  const entries: Record<string, StatisticsRegistryState['entries'][string]> = {};
  for (let count = 0; count < MOST_PARTS; count++) {
    const reply = await ask(count === 0 ? 'first' : 'next');
    const part = reply.ok ? (readObject(reply.text) as StatisticsPart | undefined) : undefined;
    if (typeof part?.state !== 'object' || part.state === null) return undefined;
    Object.assign(entries, part.state.entries);
    if (part.isLast) return { ...part.state, entries };
  }
  return undefined;
}
