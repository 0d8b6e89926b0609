import type { Report } from '../../src/cli/bench/report.js';
export async function docsFiles(_report: Report): Promise<(readonly [string, string])[]> {
  return [];
}
