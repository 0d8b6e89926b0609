/**
 * The packages that people would use instead, from this folder's own `package.json`.
 */
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const requireFromBench = createRequire(resolve('bench/package.json'));

/** The packages that draw plots and are no rivals. */
const TOOLS = new Set(['vega', 'vega-lite']);

/** Rivals, installed or not. */
export interface Rivals {
  /** Versions by package. */
  readonly installed: Readonly<Record<string, string>>;
  /** Packages that are not installed. */
  readonly missing: readonly string[];
}

/**
 * Looks which rivals are installed.
 *
 * @returns The rivals of `bench/package.json`.
 */
export function findRivals(): Rivals {
  const names = Object.keys(readJson('bench/package.json').dependencies ?? {});
  const rivals = names.filter((name) => !TOOLS.has(name));
  const found = rivals.filter(isInstalled);
  return {
    installed: Object.fromEntries(found.map((name) => [name, versionOf(name)])),
    missing: rivals.filter((name) => !isInstalled(name)),
  };
}

/**
 * Whether a rival is installed.
 *
 * @param name - The package.
 * @returns `true` when it can be loaded.
 */
export function isInstalled(name: string): boolean {
  return existsSync(manifestOf(name));
}

/**
 * Loads a rival.
 *
 * @param name - The package, or a file of it.
 * @returns What it exports.
 */
export function loadRival(name: string): unknown {
  return requireFromBench(name);
}

function versionOf(name: string): string {
  return String(readJson(manifestOf(name)).version);
}

function manifestOf(name: string): string {
  return `bench/node_modules/${name}/package.json`;
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readJson(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
