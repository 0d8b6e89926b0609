/**
 * The page of the linter's rules, made from their table.
 */
import { format } from 'prettier';
import { LINT_FAMILIES, LINT_RULES, type LintRule } from '../src/lint/index.js';

const HEAD = `# Rules of the linter

What \`ipvs lint\` finds, why it matters, how to see it, and what to do. \`bad\` in a command stands for the first file
under "Found in"; programs share docs/examples/lint-client.ts. [Check your rules](guides/check-your-rules.md) is about the command itself. This page is written by
\`npm run generate\`.
`;

/**
 * Makes the page.
 *
 * @param program - Gives the text of a demonstration in docs/examples, by its name.
 * @returns The page in Markdown.
 */
export function lintRulesPage(program: (name: string) => string): Promise<string> {
  const rows = LINT_RULES.map(({ code, name, severity, title }) => {
    return `| [${code}](#${name}) | ${name} | ${severity} | ${title} |`;
  });
  const table = ['| code | name | severity | finds |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
  const families = LINT_FAMILIES.map(({ title, rules }) => {
    return `## ${title}\n\n${rules.map((rule) => section(rule, program)).join('\n')}`;
  });
  const text = [HEAD, table, ...families].join('\n\n');
  return format(text, {
    parser: 'markdown',
    printWidth: 120,
    proseWrap: 'always',
    singleQuote: true,
  });
}

function section(rule: LintRule, program: (name: string) => string): string {
  const { code, name, severity, title, why, fix, topology } = rule;
  const network =
    topology === undefined ? '' : `With the topology:\n\n${fence('text', topology)}\n`;
  const found = rule
    .found()
    .map(({ name: file, text }) => `\`${file}\`:\n\n${fence('text', text)}`);
  return `### ${name}

**${code}**, ${severity}: ${title}.

${why}

**Fix.** ${fix}

**See it.** ${seen(rule, program)}

**Found in** ${found.join('\n\nand ')}

${network}`;
}

function seen({ see }: LintRule, program: (name: string) => string): string {
  if ('command' in see) return `\`${see.command}\` shows \`${see.shows.join('`, `').trim()}\`.`;
  if ('host' in see) return `On a host: \`${see.host}\` shows ${see.prints}.`;
  const text = program(see.program);
  return `A director proves it, in docs/examples/lint-${see.program}.ts:\n\n${fence('typescript', text)}`;
}

function fence(language: string, text: string): string {
  const cut = text.replaceAll(/^(.{100}).+$/gm, '$1…');
  return `\`\`\`${language}\n${cut.trimEnd()}\n\`\`\``;
}
