/**
 * Findings as SARIF 2.1.0, which code hosts show beside the lines. Source: OASIS, "Static Analysis Results
 * Interchange Format (SARIF) Version 2.1.0".
 */
import type { LintResult } from '../lint.js';
import { LINT_RULES } from '../rules/table.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const ADDRESS = 'https://github.com/ipvs-js/ipvs';

/**
 * Makes a SARIF log of findings.
 *
 * @param result - What the linter says.
 * @param version - The version of this package.
 * @returns The log, ready for `JSON.stringify`.
 */
export function lintSarif({ findings }: LintResult, version: string): object {
  const indexOf = new Map(LINT_RULES.map(({ code }, index) => [code, index]));
  const results = findings.map(({ code, severity, message, place }) => ({
    ruleId: code,
    ruleIndex: indexOf.get(code) ?? -1,
    level: severity,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(place.file) },
          region: { startLine: place.line, startColumn: Math.max(1, place.column) },
        },
      },
    ],
  }));
  const driver = {
    name: 'ipvs lint',
    version,
    informationUri: ADDRESS,
    rules: LINT_RULES.map(describe),
  };
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}

function describe({ code, name, title, why, fix, severity }: (typeof LINT_RULES)[number]): object {
  return {
    id: code,
    name,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: fix, markdown: fix },
    helpUri: `${ADDRESS}/blob/main/docs/lint-rules.md#${name}`,
    defaultConfiguration: { level: severity },
  };
}

/** A path as a reference: what has a meaning in addresses is escaped. */
function uriOf(path: string): string {
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${escaped}` : escaped;
}
