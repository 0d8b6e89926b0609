/**
 * `ipvs lint`: what a seasoned engineer would say on reading a set-up.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  type LintResult,
  lint as lintInputs,
  LINT_RULES,
  LINT_SEVERITIES,
  type LintRule,
  lintSarif,
  lintText,
  type LintTopology,
  parseTopology,
  reaches,
} from '../../lint/index.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import { fileErrorReason } from '../file-error.js';
import type { Io } from '../io.js';
import { filesBeside } from '../keepalived-file.js';
import { type Arguments, choiceOption, readArguments, textOption } from '../options.js';
import { packageVersion } from '../package-files.js';
import { readTextFile } from '../rules-file.js';
import { wrap } from '../wrap.js';

const FORMATS = ['text', 'json', 'sarif'] as const;
const LIMITS = [...LINT_SEVERITIES, 'never'] as const;

/** The `lint` command. */
export const lint: Command = {
  name: 'lint',
  operands: 'FILE...',
  description: `
Each FILE is one of: ipvsadm rules, a listing of ipvsadm, a keepalived.conf, a shell script of a director or a real server, lines of
sysctl, rules of iptables or nft; '-' is standard input. All files are taken as one set-up.

  ipvs lint director.rules sysctl.conf
  ipvs lint --topology network.txt --format sarif keepalived.conf > lint.sarif

A comment '# ipvs-lint: ignore LVS301 -- reason' silences a rule for its line, or for the next one when it has a
line of its own; 'ignore-file' silences it for the file. '--explain CODE' shows what a rule is about.

Exits with 0 when nothing was found, 1 when something was found that reaches --fail-on, and 2 when a file cannot be
read or nothing in it is understood.`,
  options: {
    format: { value: 'FORMAT', help: 'text (default), json, or sarif (SARIF 2.1.0)' },
    'fail-on': {
      value: 'SEVERITY',
      help: 'the least severity for exit code 1: error, warning (default), note, or never',
    },
    ignore: { value: 'CODES', help: 'leave rules out: codes or names, divided by commas' },
    topology: { value: 'FILE', help: 'the network around the director: lines or JSON' },
    explain: { value: 'CODE', help: 'explain a rule instead of reading files' },
  },
  run(argv, io) {
    const args = readArguments(argv, this.options);
    const code = textOption(args, 'explain');
    if (code !== undefined) {
      io.out.write(explanation(ruleOf(code), io.out.columns));
      return EXIT.ok;
    }
    const format = choiceOption(args, 'format', FORMATS) ?? 'text';
    const limit = choiceOption(args, 'fail-on', LIMITS) ?? 'warning';
    const result = lintFiles(args, io);
    io.out.write(written(result, format));
    const fails =
      limit !== 'never' && result.findings.some(({ severity }) => reaches(severity, limit));
    return fails ? EXIT.differences : EXIT.ok;
  },
};

function lintFiles(args: Arguments, io: Io): LintResult {
  if (args.operands.length === 0) throw new UsageError('expected at least one file');
  const ignore = (textOption(args, 'ignore') ?? '').split(',').filter(Boolean);
  for (const word of ignore) ruleOf(word);
  const topology = topologyOf(textOption(args, 'topology'));
  const files = args.operands.map((name) => readTextFile(name, io));
  const result = lintInputs(files, { ignore, ...topology, keepalived: keepalivedOptions });
  const [name] = result.notUnderstood;
  if (name === undefined) return result;
  const kinds = 'ipvsadm rules, keepalived.conf, a script, sysctls, or rules of a firewall';
  throw new InputError(`${name}: nothing in it is understood; expected ${kinds}`);
}

function keepalivedOptions({ name }: { readonly name: string }): {
  readonly environment: ReturnType<typeof filesBeside>;
  readonly configId: string;
} {
  return { environment: filesBeside(name), configId: hostname().split('.')[0] ?? 'localhost' };
}

function topologyOf(path: string | undefined): { readonly topology?: LintTopology } {
  if (path === undefined) return {};
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${fileErrorReason(error)}`);
  }
  try {
    return { topology: parseTopology(text) };
  } catch (error) {
    throw new InputError(`${path}: ${(error as Error).message}`);
  }
}

function written(result: LintResult, format: (typeof FORMATS)[number]): string {
  if (format === 'text') return lintText(result);
  const { findings, suppressed } = result;
  const document =
    format === 'sarif' ? lintSarif(result, packageVersion()) : { findings, suppressed };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function ruleOf(word: string): LintRule {
  const rule = LINT_RULES.find(({ code, name }) => code === word || name === word);
  if (rule !== undefined) return rule;
  throw new UsageError(`expected the code or name of a rule, such as LVS101, got '${word}'`);
}

function explanation(rule: LintRule, columns: number): string {
  const { code, name, severity, title, why, fix, see } = rule;
  const seen =
    'command' in see
      ? [`$ ${see.command}`]
      : 'host' in see
        ? [`$ ${see.host}`, `prints: ${see.prints}`]
        : [`docs/lint-rules.md#${name}`];
  const paragraphs = [`${code} ${name} (${severity}): ${title}`, why, `Fix: ${fix}`];
  const example = rule
    .found()
    .map(({ name: file, text }) => `--- ${file}\n${text}`)
    .join('');
  const text = paragraphs
    .map((paragraph) => wrap(paragraph, Math.min(columns, 100), ''))
    .join('\n\n');
  return `${text}\n\nSee it:\n  ${seen.join('\n  ')}\n\nFound in:\n${example}`;
}
