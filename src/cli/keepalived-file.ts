/**
 * keepalived.conf in the place of a file of rules.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConfigurationEnvironment } from '../keepalived/environment.js';
import { loadConfiguration } from '../keepalived/load.js';
import type { CommandedDirector } from '../keepalived/machine/director-kernel.js';
import type { KeepalivedMessage } from '../keepalived/messages.js';
import type { ParsedConfiguration, ParseOptions } from '../keepalived/parse.js';
import type { NamedText } from './named-text.js';
import type { ReportedMessage } from './reported-message.js';

/**
 * How a keepalived.conf is read: with the files beside it, and this host's name.
 *
 * @param file - The file.
 * @returns The options.
 */
export function parseOptionsOf({ name }: NamedText): ParseOptions {
  return {
    environment: filesBeside(name),
    configId: hostname().split('.')[0] ?? 'localhost',
  };
}

/**
 * Puts the rules of a keepalived.conf that was read on a director.
 *
 * @param file - The file.
 * @param parsed - What it says.
 * @param director - The director.
 * @returns What is to be said, in order.
 */
export function loadParsed(
  file: NamedText,
  { configuration, messages }: ParsedConfiguration,
  director: CommandedDirector,
): ReportedMessage[] {
  const said = messages
    .filter(({ severity }) => severity !== 'notice')
    .map((message) => ({ text: placed(file.name, message), severity: message.severity }));
  const refused = loadConfiguration(configuration, director);
  return [
    ...said,
    ...refused.map((text) => ({ text: `${file.name}: ${text}`, severity: 'error' as const })),
  ];
}

function placed(name: string, { about: place, text }: KeepalivedMessage): string {
  if (place === undefined || place.line === 0) return `${name}: ${text}`;
  return `${place.file === '' ? name : place.file}:${place.line}:${place.column}: ${text}`;
}

/**
 * The files beside a configuration, and the programs of this host.
 *
 * @param name - The configuration's path.
 * @returns The environment. Users are not looked up: a configuration for another host is as good.
 */
export function filesBeside(name: string): ConfigurationEnvironment {
  const resolve = (path: string): string =>
    path.startsWith('/') ? path : join(dirname(name), path);
  return {
    read: (path) => attempt(() => readFileSync(resolve(path), 'utf8')),
    list: (folder) =>
      attempt(() => {
        const entries = readdirSync(resolve(folder), { withFileTypes: true });
        return entries.map((entry) => ({ name: entry.name, folder: entry.isDirectory() }));
      }),
  };
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
