import { describe, expect, test } from 'vitest';
import { lint } from '../../src/lint/index.js';

function codesOf(text: string): { codes: string[]; notUnderstood: readonly string[] } {
  const { findings, notUnderstood } = lint([{ name: 'pasted', text }]);
  return { codes: findings.map(({ code, place }) => `${code}:${place.line}`), notUnderstood };
}

describe('Pasted text', () => {
  test('with prompts is read as the commands behind them', () => {
    const text = '$ ipvsadm -A -t 192.0.2.1:80 -s nosuch\n$ ipvsadm -L -n\nIP Virtual Server\n';
    expect(codesOf(text)).toEqual({ codes: ['LVS001:1'], notUnderstood: [] });
  });

  test('of a listing whose addresses were lost is refused by its line', () => {
    const text = 'Prot LocalAddress:Port Scheduler Flags\n-> RemoteAddress:Port Forward\nTCP rr\n';
    expect(codesOf(text)).toEqual({ codes: ['LVS001:3'], notUnderstood: [] });
  });

  test('of notes around commands has no rules but the commands', () => {
    const text = 'sudo ipvsadm -A -t 192.0.2.1:80 -s rr\n  -A add a service\n';
    expect(codesOf(text).codes).not.toContain('LVS001:2');
  });

  test('that saves rules into a file is no wrong rule', () => {
    expect(codesOf('#!/bin/sh\nipvsadm -S > /etc/rules\n').codes).toEqual([]);
  });
});
