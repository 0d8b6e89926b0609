/**
 * The systemd unit of a director.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unitOf, type UnitSettings } from '../../src/cli/run-unit.js';

const PROGRAM = [process.execPath, '/opt/ipvs/cli/ipvs.js'];
const SETTINGS: UnitSettings = {
  rules: '/etc/ipvs/web.rules',
  words: ['/etc/ipvs/web.rules', '--client-if', 'eth0', '--check', 'http:/a b:2s'],
  name: undefined,
  isApart: false,
  pings: false,
};
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

function lineOf(unit: string, key: string): string | undefined {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];
}

describe('the unit of a director', () => {
  it('starts it with its options, reloads its file, and takes back what it left', () => {
    const unit = unitOf({ ...SETTINGS, name: 'one' }, ['node', 'ipvs.js']);
    expect(lineOf(unit, 'ExecStart')).toBe(
      'node ipvs.js run /etc/ipvs/web.rules --client-if eth0 --check "http:/a b:2s"',
    );
    expect(lineOf(unit, 'ExecReload')).toBe(
      'node ipvs.js ctl reload /etc/ipvs/web.rules --name one',
    );
    expect(lineOf(unit, 'ExecStopPost')).toBe('node ipvs.js run --undo --name one');
  });

  it('has absolute paths, and nothing that systemd would replace', () => {
    const words = ['my %i $HOME.rules', '--client-if', 'eth0'];
    const unit = unitOf({ ...SETTINGS, rules: words[0], words }, ['node']);
    expect(lineOf(unit, 'ExecStart')).toBe(
      `node run "${process.cwd()}/my %%i $$HOME.rules" --client-if eth0`,
    );
  });

  it('keeps the rights that are used, and all where a namespace has to be made', () => {
    expect(lineOf(unitOf(SETTINGS, PROGRAM), 'CapabilityBoundingSet')).toContain('CAP_SYS_NICE');
    expect(lineOf(unitOf(SETTINGS, PROGRAM), 'CapabilityBoundingSet')).not.toContain('NET_RAW');
    const pinging = unitOf({ ...SETTINGS, pings: true }, PROGRAM);
    expect(lineOf(pinging, 'CapabilityBoundingSet')).toContain('CAP_NET_RAW');
    expect(unitOf({ ...SETTINGS, isApart: true }, PROGRAM)).not.toContain('CapabilityBoundingSet');
  });

  it.runIf(hasSystemd)('has no fault that systemd finds', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ipvs-unit-'));
    const file = join(folder, 'ipvs.service');
    writeFileSync(file, unitOf(SETTINGS, [process.execPath, import.meta.filename]));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(stderr.split('\n').filter((line) => line.includes('ipvs.service'))).toEqual([]);
    expect(status).toBe(0);
  });
});
