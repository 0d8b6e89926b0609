import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Director } from '../../src/director/director.js';
import {
  applyRules,
  opinionsOf,
  plan,
  type PlannedState,
  planScript,
  understand,
} from '../../src/operations/index.js';
import { settingsOf } from '../../src/operations/plan-settings.js';
import { saveRules } from '../../src/ipvsadm/save.js';

function stateOf(text: string): PlannedState {
  const understood = understand(text);
  const administrator = new Director();
  applyRules(understood, administrator);
  return { administrator, ...opinionsOf(understood) };
}

const values = fc.constantFrom('0', '1', '2', '4096', '3 50', '4096\t87380', "it's");
const names = fc.constantFrom(
  'net.ipv4.vs.conn_reuse_mode',
  'net.ipv4.vs.expire_nodest_conn',
  'net.ipv4.vs.sync_threshold',
  'net.ipv4.ip_forward',
  'net.ipv4.conf.eth0/100.rp_filter',
);
const settings = fc.array(fc.tuple(names, values), { minLength: 1, maxLength: 8 });
const textOf = (lines: readonly (readonly [string, string])[]): string =>
  lines.map(([name, value]) => `${name} = ${value}\n`).join('');

/** The settings after a script was run with a shell that has nothing but sysctl. */
function afterScript(script: string, argument: string, before: ReadonlyMap<string, string>) {
  const [, start = '', undo = ''] =
    /start\)\n([^]*?)\n {2};;\n--undo\)\n([^]*?)\n {2};;/.exec(script) ?? [];
  const after = new Map(before);
  for (const line of (argument === 'start' ? start : undo).split('\n')) {
    const word = /^ {2}sysctl -w (.*)$/.exec(line)?.[1];
    if (word === undefined) continue;
    const plain = word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word;
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(plain) ?? [];
    after.set(name, value);
  }
  return after;
}

describe('a plan between settings', () => {
  it('gives the wanted ones, leaves the others, and is undone as far as they were known', () => {
    fc.assert(
      fc.property(settings, settings, (old, wanted) => {
        const [from, to] = [stateOf(textOf(old)), stateOf(textOf(wanted))];
        const before = from.settings ?? new Map<string, string>();
        const script = planScript(plan(from, to), plan(to, from));
        const after = afterScript(script, 'start', before);
        expect(after).toEqual(new Map([...before, ...(to.settings ?? [])]));
        const undone = afterScript(script, '--undo', after);
        for (const [name, value] of before) expect(undone.get(name)).toBe(value);
      }),
    );
  });

  it('takes no command for what is so already', () => {
    fc.assert(
      fc.property(settings, (lines) => {
        const state = stateOf(textOf(lines));
        expect(plan(state, state)).toEqual([]);
      }),
    );
  });

  it('is read back by the reader of scripts, and comes before the rules', () => {
    const rules = '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n';
    const wanted = stateOf(`#!/bin/sh
sysctl -w net.ipv4.vs.expire_nodest_conn=1
sysctl -w "net.ipv4.vs.sync_threshold=3 50"
ipvsadm ${rules.trim().replace('\n', '\nipvsadm ')}
`);
    const steps = plan(stateOf('-A -t 192.0.2.1:80 -s rr\n'), wanted);
    expect(steps.map(({ action }) => action)).toEqual(['set-sysctl', 'set-sysctl', 'add-server']);
    const script = understand(planScript(steps, []));
    expect(settingsOf(script.tunables)).toEqual(wanted.settings);
    const director = new Director();
    director.execute('-A -t 192.0.2.1:80 -s rr');
    applyRules(script, director);
    expect(saveRules(director.services)).toBe(saveRules(wanted.administrator.services));
  });
});
