/**
 * A browser for tests of pages.
 *
 * Needs Chromium (where Debian or Google put it, or what the variable CHROMIUM names) and the tools of
 * docs/package.json (`npm ci --prefix docs`); {@link missingTools} says what is not there.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { root } from '../../scripts/entries.mjs';

/** What the tests use of a page of playwright-core, which the default install does not bring. */
export interface Page {
  goto(url: string): Promise<unknown>;
  url(): string;
  close(): Promise<void>;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
  textContent(selector: string): Promise<string | null>;
  getAttribute(selector: string, name: string): Promise<string | null>;
  isVisible(selector: string): Promise<boolean>;
  evaluate<T>(expression: string): Promise<T>;
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  keyboard: { press(key: string): Promise<void> };
  waitForFunction(expression: string): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  emulateMedia(media: object): Promise<void>;
  addScriptTag(options: { path: string }): Promise<unknown>;
}

/** A browser. */
export interface Browser {
  newPage(options?: object): Promise<Page>;
  close(): Promise<void>;
}

const executablePath =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const packages = ['playwright-core', 'axe-core'].map((name) => `${root}docs/node_modules/${name}`);

/** What is missing, and how to get it; empty when nothing is. */
export const missingTools: string = [
  ...(executablePath === undefined ? ['no Chromium'] : []),
  ...(packages.every((path) => existsSync(path)) ? [] : ['run: npm ci --prefix docs']),
].join('; ');

/** The file of axe, which looks for what shuts people out. */
export const AXE = `${root}docs/node_modules/axe-core/axe.min.js`;

/** Starts the browser. */
export function launchBrowser(): Promise<Browser> {
  const { chromium } = createRequire(`${root}docs/package.json`)('playwright-core') as {
    chromium: { launch(options: object): Promise<Browser> };
  };
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
