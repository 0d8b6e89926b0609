/**
 * The playground as a visitor meets it: in a browser, by its labels and buttons. Screenshots go to
 * reports/playground.
 */
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GALLERY } from '../../docs/playground/gallery.js';
import { buildPlayground } from '../../scripts/build-playground.mjs';
import { root } from '../../scripts/entries.mjs';
import { serve } from '../../scripts/serve-docs.mjs';
import { AXE, type Browser, launchBrowser, missingTools, type Page } from './browser.js';

/** To start a browser on a busy machine takes longer than hooks may last by default. */
const HOOK_TIMEOUT_MS = 120_000;
/** Many pictures and screenshots: minutes on a busy machine. */
const LONG_TEST_MS = 400_000;
const screenshots = `${root}reports/playground`;
const ids = GALLERY.flatMap(({ exhibits }) => exhibits).map(({ scenario }) => scenario.id);

/** How a page is looked at. */
interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce';
}

describe.skipIf(missingTools !== '')(
  `the playground's page${missingTools && ` (skipped: ${missingTools})`}`,
  () => {
    let server: Server;
    let browser: Browser;
    let page: Page;
    let address = '';
    /** Everything that should not be: errors, and requests to elsewhere. */
    const complaints: string[] = [];

    beforeAll(async () => {
      await buildPlayground(`${root}reports/playground-site`);
      server = await serve(`${root}reports/playground-site`, 0);
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      browser = await launchBrowser();
      mkdirSync(screenshots, { recursive: true });
      page = await browser.newPage();
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(address) && url !== 'about:blank') complaints.push(url);
      });
    }, HOOK_TIMEOUT_MS);

    afterAll(async () => {
      await browser.close();
      server.close();
      server.closeAllConnections();
    }, HOOK_TIMEOUT_MS);

    /** One page for all tests, since a busy machine takes seconds to make one. */
    async function open(hash = '', { width = 1280, ...media }: View = {}): Promise<void> {
      // Another address first: to change only what is behind # loads nothing.
      await page.goto('about:blank');
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference', ...media });
      await page.goto(address + hash);
    }

    /** The figures of all tables. */
    const figures = (): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('.lane tbody tr, .lane dd')].map((each) => each.textContent)`,
      );

    const sum = (name: string): Promise<string | null> =>
      page.textContent(`#lane-a-sums [data-sum=${name}]`);

    it('runs the load to its end: every connection is counted', async () => {
      await open();
      await page.click('text=To the end');
      const opened = await page.evaluate<number>(
        `[...document.querySelectorAll('#lane-a-rows td:nth-child(5)')].reduce((sum, { textContent }) => sum + Number(textContent), 0)`,
      );
      expect(opened + Number(await sum('refused'))).toBe(2400);
    });

    it('restores a scenario with its changes from the address', async () => {
      await open();
      await page.click('text=+ 10 s');
      await page.click('[aria-label="Remove 10.0.0.3:80"]');
      await page.click('text=+ 10 s');
      const before = await figures();
      await open(new URL(page.url()).hash);
      expect(await figures()).toEqual(before);
      expect(
        await page.getAttribute('#lane-b-rows [data-server="10.0.0.3:80"]', 'data-state'),
      ).toBe('removed');
    });

    it('plans a change for later, makes it in time, and keeps it when the load starts again', async () => {
      await open();
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
    });

    it('takes the planned changes out when other rules are applied, and says so', async () => {
      await open();
      await page.click('[aria-label="Drain 10.0.0.1:80: weight 0"]');
      await page.fill('#when', '100');
      await page.fill('#command', '-C');
      await page.click('#commands button');
      await page.fill(
        '#rules',
        '-A -t [2001:db8::1]:80\n-a -t [2001:db8::1]:80 -r [2001:db8::2]:80',
      );
      await page.click('text=Apply and restart');
      expect(await page.textContent('#changes')).toBe('');
      expect(await page.textContent('#notice')).toContain('2 changes of the former rules');
      await page.click('text=To the end');
      expect(await sum('refused')).toBe('0');
    });

    it('says what the limit of the load does, before and after it is applied', async () => {
      await open();
      expect(await page.textContent('#limits')).toContain('30,000 connections');
      await page.fill('#rate', '1000');
      await page.fill('#seconds', '3600');
      expect(await page.textContent('#limit')).toContain('this load lasts 30.0 s');
      await page.click('text=Apply and restart');
      expect(await page.textContent('#limit')).toContain('this load lasts 30.0 s');
      await page.fill('#rate', '20');
      expect(await page.textContent('#limit')).toContain('this load lasts 1500.0 s');
      await page.fill('#seconds', '60');
      expect(await page.textContent('#limit')).toBe('');
    });

    it('shows no figure before anything has happened', async () => {
      await open();
      expect(await sum('misplaced')).toBe('–');
      expect(await sum('moved')).toBe('–');
      expect(await page.textContent('.lane')).not.toContain('50.0 %');
    });

    it('refuses an unknown command in its own words', async () => {
      await open();
      await page.fill('#command', '--frobnicate');
      await page.click('#commands button');
      const problem = await page.textContent('#command-problem');
      expect(problem).toContain('unknown command --frobnicate');
      expect(problem).not.toContain('/usr/sbin');
    });

    it('lets a server fail and recover, drains it and gives its weight back', async () => {
      await open('#at=20000');
      const state = (): Promise<string | null> =>
        page.getAttribute('#lane-a-rows [data-server="10.0.0.2:80"]', 'data-state');
      await page.click('[aria-label="Let 10.0.0.2:80 stop answering"]');
      expect(await state()).toBe('not answering');
      await page.click('[aria-label="Let 10.0.0.2:80 answer again"]');
      await page.click('[aria-label="Drain 10.0.0.2:80: weight 0"]');
      expect(await state()).toBe('draining');
      await page.click('[aria-label="Give 10.0.0.2:80 its weight 4 back"]');
      expect(await state()).toBe('in use');
      await page.click('[aria-label="Remove 10.0.0.2:80"]');
      await page.click('[aria-label="Add 10.0.0.2:80 again"]');
      expect(await state()).toBe('in use');
    });

    it('invites to play, and then something moves', async () => {
      await open('#scenario=dr');
      expect(await page.isVisible('#invitation')).toBe(true);
      await page.click('#invitation');
      await page.waitForFunction(`document.getElementById('progress').value > 0`);
      expect(await page.isVisible('#invitation')).toBe(false);
      expect(await page.evaluate(`document.activeElement.id`)).toBe('play');
      expect(
        await page.evaluate(
          `getComputedStyle(document.querySelector('.lanes .dots')).animationName`,
        ),
      ).toBe('flow');
    });

    it('moves nothing by itself for those who prefer less motion', async () => {
      await open('', { reducedMotion: 'reduce' });
      await page.click('text=Direct routing');
      expect(await page.textContent('#play')).toBe('Play');
      await page.click('#play');
      await page.waitForFunction(`document.getElementById('progress').value > 0`);
      expect(
        await page.evaluate(`getComputedStyle(document.querySelector('.lanes .dots')).visibility`),
      ).toBe('hidden');
    });

    it('starts a scenario of the gallery at once, and marks it', async () => {
      await open();
      await page.click('text=Tunnels');
      expect(await page.textContent('#play')).toBe('Pause');
      expect(await page.getAttribute('#gallery [aria-current]', 'href')).toBe('#scenario=tun');
      await page.click('#play');
      expect(page.url()).toMatch(/#scenario=tun(&at=\d+)?$/);
      await page.evaluate(`history.back()`);
      await page.waitForFunction(`document.querySelector('[aria-current]').dataset.id === ''`);
    });

    it('says in which line and column a rule is wrong', async () => {
      await open();
      await page.fill('#rules', '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r nonsense -m');
      await page.click('text=Apply and restart');
      expect(await page.textContent('#problem')).toMatch(
        /^Line 2, column \d+: illegal real server/,
      );
      expect(await page.getAttribute('#rules', 'aria-invalid')).toBe('true');
    });

    it('follows a packet with the rules at hand, from the keyboard', async () => {
      await open('#scenario=tun');
      const marked = (): Promise<string[]> =>
        page.evaluate(
          `[...document.querySelectorAll('tr.changed')].map(({ dataset }) => dataset.field)`,
        );
      await page.evaluate(`document.getElementById('follow').focus()`);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(`document.activeElement.id`)).toBe('next');
      await page.keyboard.press('Enter');
      expect(await marked()).toContain('Outer IP destination');
      expect(await page.textContent('#step-title')).toMatch(
        /^Step 2 of 4: Director → 10\.\d\.0\.1:80$/,
      );
      expect(await page.textContent('#status')).toContain('Tunneling puts the whole packet');
      expect(await page.textContent('#path-stage .packet-label')).toBe('SYN');
      expect(await page.isVisible('#path-stage .packet-outer')).toBe(true);
      await page.fill('#rules', '-A -t 192.0.2.9:443\n-a -t 192.0.2.9:443 -r 10.0.0.7:8443 -m');
      await page.click('text=Apply and restart');
      expect(await marked()).toContain('TCP destination port');
      expect(await page.textContent('#packet-rows')).toContain('192.0.2.9');
    });

    it('is played, paused and stepped from the keyboard, and says so', async () => {
      await open();
      await page.evaluate(`document.getElementById('play').focus()`);
      await page.keyboard.press('Enter');
      await page.waitForFunction(`document.getElementById('progress').value > 0`);
      await page.keyboard.press('Enter');
      expect(await page.textContent('#play')).toBe('Play');
      expect(await page.textContent('#status')).toMatch(
        /^At [\d.]+ seconds\. wlc: \d+ visits .*mh-fallback: /,
      );
    });

    it('is usable with 500 servers: the picture counts those it does not draw', async () => {
      const lines = Array.from(
        { length: 500 },
        (_, n) => `-a -t 192.0.2.1:80 -r 10.0.${n >> 8}.${n & 255}:80 -m`,
      );
      await open(
        `#${new URLSearchParams({ rules: ['-A -t 192.0.2.1:80', ...lines].join('\n') }).toString()}`,
      );
      await page.click('text=+ 10 s');
      expect(await page.textContent('#lane-a-stage')).toContain('and 493 more');
    });

    it.each([
      ['light', {}],
      ['dark', { colorScheme: 'dark' }],
      ['phone', { width: 320 }],
    ] as [string, View][])('has nothing that axe objects to: %s', async (_, view) => {
      await open('#scenario=sorry-server&at=65000', view);
      await page.fill('#rate', '1000');
      await page.fill('#seconds', '3600');
      await page.fill('#command', '-x');
      await page.click('#commands button');
      await page.click('#next');
      await page.addScriptTag({ path: AXE });
      const violations = await page.evaluate<string[]>(
        `axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 120) + ' ' + failureSummary)))`,
      );
      expect(violations).toEqual([]);
    });

    it.each([
      ['light', 1280],
      ['dark', 375],
      ['light', 320],
    ] as ['light' | 'dark', number][])(
      'fits its window whichever scenario runs: %s, %i pixels',
      async (colorScheme, width) => {
        await open('', { colorScheme, width });
        for (const id of ['compare', ...ids]) {
          await page.evaluate(`location.hash = '#scenario=${id}&at=62000'`);
          await page.waitForFunction(
            `document.getElementById('time').textContent.startsWith('62')`,
          );
          await page.click('[aria-label^="Step 2: "]');
          await page.screenshot({
            path: `${screenshots}/${id}-${colorScheme}-${width}.png`,
            fullPage: true,
          });
          const tooWide = await page.evaluate<string[]>(
            `[document.documentElement, ...[...document.querySelectorAll('svg')].map((svg) => svg.parentElement)]
              .filter((each) => each.scrollWidth > each.clientWidth).map(({ outerHTML }) => outerHTML.slice(0, 80))`,
          );
          expect(tooWide).toEqual([]);
        }
      },
      LONG_TEST_MS,
    );

    it('logs no error and asks nobody else for anything', () => {
      expect(complaints).toEqual([]);
    });
  },
);
