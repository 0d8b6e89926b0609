/**
 * Reads inputs and tries every rule on them.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import { type LintFinding, type LintPlace, LINT_SEVERITIES, type LintSeverity } from './finding.js';
import type { LintInput, LintRule } from './lint-rule.js';
import { LINT_RULES } from './rules/table.js';
import { readSubject, type SubjectOptions } from './subject/read-subject.js';
import type { LintSubject } from './subject/subject.js';
import { Suppressions } from './suppression.js';

/** How inputs are linted. */
export interface LintOptions extends SubjectOptions {
  /** Codes or names of rules that are left out. */
  readonly ignore?: readonly string[];
}

const OPTION_NAMES: OptionNames<LintOptions> = {
  topology: true,
  keepalived: true,
  ignore: true,
};

/** What a linter says. */
export interface LintResult {
  /** The findings: by input, line and column. */
  readonly findings: readonly LintFinding[];
  /** How many findings were silenced by comments. */
  readonly suppressed: number;
  /** The names of inputs of which no line is understood. */
  readonly notUnderstood: readonly string[];
}

/**
 * Lints texts: rules of ipvsadm, keepalived.conf, scripts, sysctls and rules of a firewall, of one set-up.
 *
 * What they say is taken as one set-up: the sysctls of one file count for the rules of another.
 *
 * @param inputs - The texts.
 * @param options - What is known besides, and what is left out.
 * @returns The findings.
 * @throws {RangeError} When `ignore` names no rule.
 * @example
 * {@includeCode ../../docs/examples/lint.ts}
 */
export function lint(inputs: readonly LintInput[], options: LintOptions = {}): LintResult {
  requireKnownOptions('lint', options, OPTION_NAMES);
  const rules = rulesWithout(options.ignore ?? []);
  const subject = readSubject(inputs, options);
  const all = rules.flatMap((rule) => withoutRepeats(findingsOf(rule, subject)));
  const suppressions = new Suppressions(inputs);
  const findings = all.filter((finding) => !suppressions.covers(finding));
  const order = new Map(inputs.map(({ name }, index) => [name, index]));
  return {
    findings: findings.sort((a, b) => compare(a, b, order)),
    suppressed: all.length - findings.length,
    notUnderstood: subject.notUnderstood,
  };
}

function rulesWithout(ignore: readonly string[]): readonly LintRule[] {
  for (const word of ignore) {
    if (LINT_RULES.some(({ code, name }) => code === word || name === word)) continue;
    throw new RangeError(`Cannot ignore a rule: expected a code such as LVS101, got '${word}'`);
  }
  return LINT_RULES.filter(({ code, name }) => !ignore.includes(code) && !ignore.includes(name));
}

function findingsOf(rule: LintRule, subject: LintSubject): LintFinding[] {
  const findings: LintFinding[] = [];
  const { code, name } = rule;
  const report = (place: LintPlace, message: string, severity?: LintSeverity): void => {
    findings.push({ code, name, severity: severity ?? rule.severity, message, place });
  };
  rule.check(subject, report);
  return findings;
}

function compare(a: LintFinding, b: LintFinding, order: ReadonlyMap<string, number>): number {
  const file = (order.get(a.place.file) ?? order.size) - (order.get(b.place.file) ?? order.size);
  return (
    file ||
    a.place.line - b.place.line ||
    a.place.column - b.place.column ||
    LINT_SEVERITIES.indexOf(a.severity) - LINT_SEVERITIES.indexOf(b.severity)
  );
}

/** What a loop of a script says of one line again and again is one finding. */
function withoutRepeats(findings: readonly LintFinding[]): LintFinding[] {
  const first = new Map<string, LintFinding>();
  for (const finding of findings) {
    const { message, place } = finding;
    const key = `${place.line} ${place.file} ${message}`;
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()];
}
