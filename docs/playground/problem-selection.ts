/**
 * Selects the text that is wrong in a text area.
 */
import { IpvsadmError } from 'ipvs/ipvsadm';

/**
 * Selects the offending text, so that it can be typed over.
 *
 * @param area - The rules.
 * @param error - What was thrown.
 */
export function selectProblem(area: HTMLTextAreaElement, error: unknown): void {
  if (!(error instanceof IpvsadmError)) return;
  const before = area.value.split('\n').slice(0, error.line - 1);
  const lineBegin = before.reduce((sum, line) => sum + line.length + 1, 0);
  const begin = lineBegin + error.column - 1;
  const line = area.value.split('\n')[error.line - 1] ?? '';
  const length = Math.min(Math.max(1, error.text.length), line.length - error.column + 1);
  area.focus();
  area.setSelectionRange(begin, begin + Math.max(0, length));
}
