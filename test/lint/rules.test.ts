import { describe, expect, it } from 'vitest';
import {
  lint,
  LINT_FAMILIES,
  LINT_RULES,
  type LintRule,
  parseTopology,
} from '../../src/lint/index.js';

/** The codes that a rule's own examples lead to. */
function codesOf(rule: LintRule, inputs: ReturnType<LintRule['found']>): string[] {
  const topology = rule.topology === undefined ? {} : { topology: parseTopology(rule.topology) };
  return lint(inputs, topology).findings.map(({ code }) => code);
}

describe('each rule', () => {
  it.each(LINT_RULES.map((rule) => [`${rule.code} ${rule.name}`, rule] as const))(
    '%s finds its bad example, and nothing in its good one',
    (_, rule) => {
      expect(codesOf(rule, rule.found())).toContain(rule.code);
      expect(codesOf(rule, rule.clean())).not.toContain(rule.code);
    },
  );

  it('names what digits do as the granularity of a group', () => {
    const text = `virtual_server_group G {\n192.0.2.1 80\n}\nvirtual_server group G {
protocol TCP\npersistence_granularity 24\nreal_server 10.0.0.1 80 {\n}\n}\n`;
    const of = (written: string): string | undefined =>
      lint([{ name: 'keepalived.conf', text: written }]).findings.find(
        ({ code }) => code === 'LVS803',
      )?.message;
    expect(of(text)).toBe('24 makes the service one of IPv6');
    const ofIpv4 = text.replace('protocol', 'ip_family inet\nprotocol');
    expect(of(ofIpv4)).toBe('24 is read as the mask 0.0.0.24');
  });

  it('has a code and a name of its own, in the order of the codes', () => {
    const codes = LINT_RULES.map(({ code }) => code);
    expect(new Set(LINT_RULES.map(({ name }) => name)).size).toBe(LINT_RULES.length);
    expect(codes).toEqual([...new Set(codes)].toSorted());
    expect(codes.filter((code) => !/^LVS\d{3}$/.test(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(40);
  });

  it('belongs to a family', () => {
    expect(LINT_FAMILIES.flatMap(({ rules }) => rules)).toEqual(LINT_RULES);
  });
});
