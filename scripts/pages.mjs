/**
 * The documents of the site in reading order, by the heading under which its sidebar has them: the one
 * list from which typedoc's configuration and llms.txt are made. A page is named by its own first line.
 */
import { readFileSync } from 'node:fs';
import { root } from './entries.mjs';

/** Heading to the files below it, from the root. */
export const pages = {
  Guides: [
    'docs/guides/getting-started.md',
    'docs/guides/a-balancer-of-your-own.md',
    'docs/guides/choosing-a-scheduler.md',
    'docs/guides/persistence.md',
    'docs/guides/draining-and-reconfiguring.md',
    'docs/guides/health-checking.md',
    'docs/guides/retries-and-outlier-detection.md',
    'docs/guides/metrics-and-discovery.md',
    'docs/guides/several-workers.md',
    'docs/guides/forwarding-modes.md',
    'docs/guides/local-servers.md',
    'docs/guides/director-and-ipvsadm.md',
    'docs/guides/ftp.md',
    'docs/guides/from-keepalived.md',
    'docs/guides/set-up-a-director.md',
    'docs/guides/check-your-rules.md',
    'docs/guides/plan-a-change.md',
    'docs/guides/moving-to-the-real-kernel.md',
    'docs/kernels.md',
    'docs/guides/connection-tracking.md',
    'docs/guides/several-directors.md',
    'docs/guides/fleets.md',
    'docs/guides/run.md',
    'docs/guides/admin.md',
    'docs/guides/simulate.md',
    'docs/guides/translate.md',
    'docs/guides/troubleshooting.md',
    'docs/guides/performance.md',
    'docs/guides/benchmarks-in-your-ci.md',
  ],
  Reference: [
    'docs/glossary.md',
    'docs/error-codes.md',
    'docs/lint-rules.md',
    'docs/exactness.md',
    'docs/benchmarks/README.md',
    'docs/guides/versioning.md',
    'docs/architecture.md',
    'docs/internals.md',
  ],
  Project: ['CONTRIBUTING.md', 'CHANGELOG.md'],
};

/**
 * The title of a page: its first heading, without the version that a report has there.
 *
 * @param {string} text - The page in Markdown.
 * @returns {string} The title.
 * @throws {Error} When there is none.
 */
export function titleOf(text) {
  const title = /^# (.*)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`No heading: ${text.slice(0, 60)}`);
  return title.replace(/ of ipvs \d.*$/, '');
}

/**
 * The heading in the sidebar under which the page of a title stands.
 *
 * @param {string} title - The title.
 * @returns {string | undefined} The heading; `undefined` when no page has that title.
 */
export function groupOf(title) {
  return Object.entries(pages).find(([, files]) =>
    files.some((file) => titleOf(readFileSync(root + file, 'utf8')) === title),
  )?.[0];
}
