import assert from 'node:assert/strict';
import { lint, lintText } from 'ipvs/lint';

const rules = `
-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -g
`;
const result = lint([{ name: 'web.rules', text: rules }]);
assert.deepEqual(
  result.findings.map(({ code }) => code),
  ['LVS101'],
);
assert.match(lintText(result), /^web\.rules:3:23: error: port 8080 is ignored/);
