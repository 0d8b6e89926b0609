import { expect, test } from 'vitest';
import { dateChangelog, refusal } from '../../scripts/release.mjs';

const unreleased = '# Changelog\n\n## Unreleased\n\n### Added\n';

test('a version bump dates what was unreleased and leaves an empty part above it', () => {
  expect(dateChangelog(unreleased, '1.2.3', '2026-12-31')).toBe(
    '# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-12-31\n\n### Added\n',
  );
});

test.each([
  ['1.2', '2026-12-31', /version such as/],
  ['1.2.3', 'today', /date such as/],
])('a version bump refuses %s on %s', (version, date, message) => {
  expect(() => dateChangelog(unreleased, version, date)).toThrow(message);
});

test('a tag is published only if package.json and the changelog have its version', () => {
  const dated = dateChangelog(unreleased, '1.2.3', '2026-12-31');

  expect(refusal('v1.2.3', '1.2.3', dated)).toBeUndefined();
  expect(refusal('v1.2.4', '1.2.3', dated)).toMatch(/the tag is v1\.2\.4/);
  expect(refusal('v1.2.3', '1.2.3', unreleased)).toMatch(/no dated heading/);
});
