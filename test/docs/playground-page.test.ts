/**
 * The playground as somebody meets it: in a browser, by its labels and buttons.
 *
 * Needs Chromium (where Debian or Google put it, or what the variable CHROMIUM names) and the tools of
 * docs/package.json (`npm ci --prefix docs`); without either the tests are skipped and say so. Screenshots
 * go to reports/playground.
 */
import { existsSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPlayground } from '../../scripts/build-playground.mjs';
import { root } from '../../scripts/entries.mjs';
import { serve } from '../../scripts/serve-docs.mjs';

/** What the tests use of a page of playwright-core, which the default install does not bring. */
interface Page {
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
  evaluate<T>(expression: string): Promise<T>;
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  keyboard: { press(key: string): Promise<void> };
  waitForFunction(expression: string): Promise<unknown>;
}

interface Browser {
  newPage(options?: object): Promise<Page>;
  close(): Promise<void>;
}

interface Playwright {
  chromium: { launch(options: object): Promise<Browser> };
}

const executablePath =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
/** To start a browser on a busy machine takes longer than hooks may last by default. */
const HOOK_TIMEOUT_MS = 120_000;
const screenshots = `${root}reports/playground`;
const missing = [
  ...(executablePath === undefined ? ['no Chromium'] : []),
  ...(existsSync(`${root}docs/node_modules/playwright-core`) ? [] : ['run: npm ci --prefix docs']),
].join('; ');

describe.skipIf(missing !== '')(
  `the playground's page${missing && ` (skipped: ${missing})`}`,
  () => {
    let server: Server;
    let browser: Browser;
    let address = '';
    /** Everything that should not be: errors, and requests to elsewhere. */
    const complaints: string[] = [];

    beforeAll(async () => {
      await buildPlayground(`${root}reports/playground-site`);
      server = await serve(`${root}reports/playground-site`, 0);
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const { chromium } = createRequire(`${root}docs/package.json`)(
        'playwright-core',
      ) as Playwright;
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      mkdirSync(screenshots, { recursive: true });
    }, HOOK_TIMEOUT_MS);

    afterAll(async () => {
      await browser.close();
      server.close();
      server.closeAllConnections();
    }, HOOK_TIMEOUT_MS);

    async function open(hash = '', options: object = {}): Promise<Page> {
      const page = await browser.newPage(options);
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(address)) complaints.push(request.url());
      });
      await page.goto(address + hash);
      return page;
    }

    /** The figures of both tables. */
    const figures = (page: Page): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('.lane tbody tr, .lane dd')].map((each) => each.textContent)`,
      );

    it('runs the load to its end: every connection is counted', async () => {
      const page = await open();
      await page.click('text=To the end');
      const opened = await page.evaluate<number>(
        `[...document.querySelectorAll('#lane-a-rows td:nth-child(5)')].reduce((sum, { textContent }) => sum + Number(textContent), 0)`,
      );
      const refused = Number(await page.textContent('#lane-a-sums [data-sum=refused]'));
      expect(opened + refused).toBe(2400);
      await page.close();
    });

    it('restores a scenario with its changes from the address', async () => {
      const page = await open();
      await page.click('text=+ 10 s');
      await page.click('[aria-label="Remove 10.0.0.3:80"]');
      await page.click('text=+ 10 s');
      const again = await open(new URL(page.url()).hash);
      expect(await figures(again)).toEqual(await figures(page));
      expect(
        await again.getAttribute('#lane-b-rows [data-server="10.0.0.3:80"]', 'data-state'),
      ).toBe('removed');
      await page.close();
      await again.close();
    });

    it('plans a change for later, makes it in time, and keeps it when the load begins anew', async () => {
      const page = await open();
      const state = (): Promise<string | null> =>
        page.getAttribute('#lane-a-rows [data-server="10.0.0.2:80"]', 'data-state');
      await page.fill('#when', '20');
      await page.click('[aria-label="Remove 10.0.0.2:80"]');
      await page.click('text=+ 10 s');
      expect(await state()).toBe('in use');
      await page.click('text=+ 10 s');
      expect(await state()).toBe('removed');
      await page.click('#again');
      expect(await page.textContent('#changes')).toMatch(/^20\.0 s-d .* -r 10\.0\.0\.2:80planned/);
      await page.click('[aria-label^="Take out: 20.0 s"]');
      await page.click('text=To the end');
      expect(await state()).toBe('in use');
      await page.close();
    });

    it('shows the answers of servers: through the director by NAT', async () => {
      const page = await open();
      await page.click('text=+ 10 s');
      const count = async (name: string): Promise<number> =>
        Number(await page.textContent(`#lane-a-sums [data-sum=${name}]`));
      expect(await count('answers-through')).toBeGreaterThan(100);
      expect(await count('answers-past')).toBe(0);
      await page.close();
    });

    it('says in which line and column a rule is wrong', async () => {
      const page = await open();
      await page.fill('#rules', '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r nonsense -m');
      await page.click('text=Apply and begin anew');
      expect(await page.textContent('#problem')).toMatch(
        /^Line 2, column \d+: illegal real server/,
      );
      expect(await page.getAttribute('#rules', 'aria-invalid')).toBe('true');
      await page.close();
    });

    it('marks the fields that a step of a packet changes', async () => {
      const page = await open();
      const marked = (): Promise<string[]> =>
        page.evaluate(
          `[...document.querySelectorAll('tr.changed')].map(({ dataset }) => dataset.field)`,
        );
      expect(await marked()).toContain('TCP destination port');
      await page.selectOption('#method', 'tunneling');
      expect(await marked()).toContain('Outer IP destination');
      await page.selectOption('#method', 'gatewaying');
      expect(await marked()).not.toContain('IP destination');
      await page.close();
    });

    it('is played, paused and stepped from the keyboard, and tells of it', async () => {
      const page = await open();
      await page.evaluate(`document.getElementById('play').focus()`);
      await page.keyboard.press('Enter');
      await page.waitForFunction(`document.getElementById('progress').value > 0`);
      await page.keyboard.press('Enter');
      expect(await page.textContent('#play')).toBe('Play');
      expect(await page.textContent('#status')).toMatch(
        /^At [\d.]+ seconds\. wlc: .*mh-fallback: /,
      );
      await page.close();
    });

    it('labels every control', async () => {
      const page = await open();
      const nameless = await page.evaluate<string[]>(
        `[...document.querySelectorAll('button, input, select, textarea, progress')]
        .filter((each) => !each.labels?.length && !each.ariaLabel && !each.textContent.trim())
        .map((each) => each.outerHTML)`,
      );
      expect(nameless).toEqual([]);
      await page.close();
    });

    it.each([
      ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
      ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
      ['phone', { colorScheme: 'light', viewport: { width: 375, height: 800 } }],
    ])('fits its window: %s', async (name, options) => {
      const page = await open('', options);
      await page.click('text=+ 10 s');
      await page.click('[aria-label="Quiesce 10.0.0.1:80: weight 0"]');
      await page.click('text=To the end');
      await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
      expect(
        await page.evaluate(
          `document.documentElement.scrollWidth <= document.documentElement.clientWidth`,
        ),
      ).toBe(true);
      await page.close();
    });

    it('logs no error and asks nobody else for anything', () => {
      expect(complaints).toEqual([]);
    });
  },
);
