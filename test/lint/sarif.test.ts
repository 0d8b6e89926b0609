/**
 * SARIF against the schema of OASIS, which a package carries (`npm ci --prefix docs`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { lint, LINT_RULES, lintSarif, parseTopology } from '../../src/lint/index.js';

const schema = `${root}docs/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json`;
const results = LINT_RULES.map(({ found, topology }) =>
  lint(found(), topology === undefined ? {} : { topology: parseTopology(topology) }),
);

/** What the validator of the package says. */
type Validate = ((log: object) => boolean) & { errors: unknown };

/** The validator for the schema. */
function validator(): Validate {
  const require = createRequire(`${root}docs/package.json`);
  const Ajv = require('ajv') as new (options: object) => {
    addMetaSchema(schema: unknown): void;
    compile(schema: object): Validate;
  };
  const text = readFileSync(schema, 'utf8');
  const ajv = new Ajv({ schemaId: 'auto', allErrors: true });
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
  return ajv.compile(JSON.parse(text) as object);
}

describe('SARIF of findings', () => {
  it.skipIf(!existsSync(schema))(
    'is valid for what every rule finds (needs npm ci --prefix docs)',
    () => {
      const validate = validator();
      for (const result of results) {
        const isValid = validate(JSON.parse(JSON.stringify(lintSarif(result, '1.2.3'))) as object);
        expect(validate.errors).toBe(null);
        expect(isValid).toBe(true);
      }
      expect(validate({ version: '2.1.0' })).toBe(false);
    },
  );

  it('refers to the rule, and to the place', () => {
    const [result] = results;
    const log = lintSarif(result, '1.2.3') as {
      runs: { results: object[]; tool: { driver: { rules: { id: string }[] } } }[];
    };
    expect(log.runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(
      LINT_RULES.map(({ code }) => code),
    );
    expect(log.runs[0].results[1]).toMatchObject({
      ruleId: 'LVS001',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'director.rules' },
            region: { startLine: 2, startColumn: 41 },
          },
        },
      ],
    });
  });

  it('escapes what has a meaning in addresses', () => {
    const text = LINT_RULES[0].found()[0].text;
    const uri = (name: string): string => JSON.stringify(lintSarif(lint([{ name, text }]), '1'));
    expect(uri('/etc/my rules#1')).toContain('"file:///etc/my%20rules%231"');
    expect(uri('a/b.rules')).toContain('"uri":"a/b.rules"');
  });
});
