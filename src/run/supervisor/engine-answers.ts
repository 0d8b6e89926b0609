/**
 * Reads what an engine answers. The engine has read the packets of strangers, so its lines may be anything: what is no
 * answer is `undefined`, and nothing throws.
 */
import type { EngineAnswer } from '../engine/messages.js';

/**
 * Reads a line.
 *
 * @param line - JSON, without its end.
 * @returns The answer; `undefined` when it is none.
 */
export function readAnswer(line: string): EngineAnswer | undefined {
  const { id, ok, text, exitStatus } = (readObject(line) ?? {}) as Record<string, unknown>;
  if (!isWhole(id) || typeof text !== 'string') return undefined;
  if (ok === true) return { id, ok, text };
  return ok === false && isWhole(exitStatus) ? { id, ok, text, exitStatus } : undefined;
}

/**
 * Reads an object.
 *
 * @param text - JSON.
 * @returns The object, whose members are not checked; `undefined` when it is none.
 */
export function readObject(text: string): object | undefined {
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/**
 * Reads a list of texts.
 *
 * @param text - JSON.
 * @returns The texts, without what is none.
 */
export function readTexts(text: string): string[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}
