/**
 * Findings as text: one line each, as compilers write them.
 */
import type { LintResult } from '../lint.js';

/**
 * Writes findings as text.
 *
 * @param result - What the linter says.
 * @returns For example `a.rules:2:25: error: port 8080 is ignored, … [LVS101 ignored-port]`, and a last line
 *   with the counts.
 */
export function lintText({ findings, suppressed }: LintResult): string {
  const lines = findings.map(({ place, severity, message, code, name }) => {
    return `${place.file}:${place.line}:${place.column}: ${severity}: ${message} [${code} ${name}]\n`;
  });
  const counts = (['error', 'warning', 'note'] as const).map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  });
  const silenced = suppressed === 0 ? '' : `, ${suppressed} silenced`;
  return `${lines.join('')}${counts.join(', ')}${silenced}\n`;
}
