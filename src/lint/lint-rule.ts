/**
 * What a rule of the linter is: a check, and everything a reader needs to judge its findings.
 */
import type { LintPlace, LintSeverity } from './finding.js';
import type { LintSubject } from './subject/subject.js';

/** A text that a rule is tried on. */
export interface LintInput {
  /** Its name in findings, such as a path. */
  readonly name: string;
  /** The text: rules, keepalived.conf, a script, sysctls, a firewall's rules. */
  readonly text: string;
}

/** How a reader can see what a rule is about. */
export type LintDemonstration =
  | {
      /** A command of this package; `bad` stands for the file of {@link LintRule.found}. */
      readonly command: string;
      /** Texts that its output has. */
      readonly shows: readonly string[];
    }
  | {
      /** A program in docs/examples, without `lint-` and suffix, that proves it on a director. */
      readonly program: string;
    }
  | {
      /** A command on a real host. */
      readonly host: string;
      /** What it prints there. */
      readonly prints: string;
    };

/** Notes a finding; the severity is the rule's unless another is given. */
export type LintReport = (place: LintPlace, message: string, severity?: LintSeverity) => void;

/** One rule. */
export interface LintRule {
  /** Its stable code, such as `LVS101`. */
  readonly code: string;
  /** Its name, such as `direct-routing-port`. */
  readonly name: string;
  /** How much its findings matter. */
  readonly severity: LintSeverity;
  /** What it finds, as a heading. */
  readonly title: string;
  /** Why it matters: what really happens. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  /** How to see it. */
  readonly see: LintDemonstration;
  /** Inputs in which it finds something; the first file is the one that demonstrations use. */
  readonly found: () => readonly LintInput[];
  /** Inputs in which it finds nothing: the same set-up, done right. */
  readonly clean: () => readonly LintInput[];
  /** The topology of both, if the rule needs one. */
  readonly topology?: string;
  /**
   * Looks for it.
   *
   * @param subject - What was read.
   * @param report - Notes a finding.
   */
  check(subject: LintSubject, report: LintReport): void;
}
