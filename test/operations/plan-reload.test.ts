/**
 * What a reload is said to send, beside what keepalived was recorded to send.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseKeepalived } from '../../src/keepalived/parse.js';
import type { KeepalivedConfiguration } from '../../src/keepalived/configuration.js';
import { planReload } from '../../src/operations/plan-reload.js';
import { readJsonLines } from '../replay/json-lines.js';
import type { RecordedEvent, RecordedScenario } from '../replay/keepalived/scenario.js';
import { readRecording } from '../replay/recording.js';

const file = fileURLToPath(new URL('../golden/keepalived/timeline.jsonl.gz', import.meta.url));

/** Scenarios in which nothing happens but one reload: every server is well. */
const scenarios = readJsonLines(readRecording(file).text)
  .map((line) => line as RecordedScenario)
  .filter(({ events }) => {
    const done = events.filter((event) => event.do !== undefined).map((event) => event.do);
    return done.join() === 'reload';
  })
  // In these a server is down, or a word is missing, from the beginning.
  .filter(({ name }) => !name.includes('-sorry') && name !== 'reload-missing-param');

const read = (text: string): KeepalivedConfiguration =>
  parseKeepalived(text, { behavior: 'asRecorded' }).configuration;

const OPTIONS: Readonly<Record<string, string>> = {
  'add-service': '-A',
  'edit-service': '-E',
  'delete-service': '-D',
  'add-server': '-a',
  'edit-server': '-e',
  'delete-server': '-d',
};
const NAMES: Readonly<Record<string, string>> = {
  tcp: '-t',
  udp: '-u',
  sctp: '--sctp-service',
  fwmark: '-f',
};

/** What a recorded command begins with as a rule. */
function ruleOf(event: RecordedEvent): string {
  const { cmd, service = '', server } = event as unknown as Record<string, string | undefined>;
  const [kind = '', name, family] = service.split(' ');
  const words = [OPTIONS[cmd ?? ''], NAMES[kind], name, ...(family === undefined ? [] : ['-6'])];
  return [...words, ...(server === undefined ? [] : ['-r', server])].join(' ');
}

/** Recorded after the reload: the commands that were done. */
function recorded({ events }: RecordedScenario): string[] {
  const reload = events.findIndex((event) => event.do === 'reload');
  const later = events.slice(reload);
  return later.flatMap((event, index) => {
    const isRefused = later[index + 1]?.log?.startsWith('IPVS cmd') === true;
    return event.cmd === undefined || isRefused ? [] : [ruleOf(event)];
  });
}

describe('a planned reload', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'sends what was recorded: %s',
    (_name, scenario) => {
      const reload = scenario.events.find((event) => event.do === 'reload');
      const plan = planReload(read(scenario.config), read(String(reload?.arg)));
      const expected = recorded(scenario);
      expect(plan.steps).toHaveLength(expected.length);
      for (const [index, { rule }] of plan.steps.entries()) {
        expect(`${rule} `).toContain(`${expected[index] ?? 'nothing'} `);
      }
      const refusals = scenario.events.filter(({ log }) => log?.startsWith('IPVS cmd') === true);
      expect(plan.refused).toEqual(refusals.map(({ log }) => log));
    },
  );

  test('lets servers with alpha wait for their checks', () => {
    const text = (server: string): string => `virtual_server 192.0.2.1 80 {
      lb_algo rr\n lb_kind NAT\n protocol TCP\n alpha\n ha_suspend
      real_server ${server} 80 { TCP_CHECK { } }
    }`;
    const plan = planReload(read(text('10.0.0.1')), read(text('10.0.0.2')));
    expect(plan.steps.map(({ rule, afterSeconds }) => [rule, afterSeconds])).toEqual([
      ['-d -t 192.0.2.1:80 -r 10.0.0.1:80', 0],
      ['-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1', 1],
    ]);
  });
});
