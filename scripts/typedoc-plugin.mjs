/**
 * A plugin of typedoc: documents have their headings as names and stand in their groups, modules show
 * how they are imported, the sidebar
 * begins with a link to the playground, no page asks for an icon that is not there, and links to
 * scenarios of the playground lead to the built one.
 */
import { Comment, Converter, JSX, ReflectionKind } from 'typedoc';
import { entries } from './entries.mjs';
import { groupOf, titleOf } from './pages.mjs';
import { addSectionsToSearch } from './search-sections.mjs';

/** @param {import('typedoc').Application} app */
export function load(app) {
  addSectionsToSearch(app);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = titleOf(document.content.map(({ text }) => text).join(''));
    document.frontmatter['group'] = groupOf(document.name);
    document.content = document.content.map(toPlayground);
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) nameModule(module);
  });
  app.renderer.hooks.on('head.begin', () =>
    JSX.createElement('link', { rel: 'icon', href: 'data:,' }),
  );
  app.renderer.hooks.on('sidebar.begin', (context) =>
    JSX.createElement(
      'p',
      null,
      JSX.createElement('a', { href: context.relativeURL('playground/index.html') }, 'Playground'),
    ),
  );
}

/**
 * A module's page begins with the line that imports it, and the root is called as the package is.
 *
 * @param {import('typedoc').Reflection} module
 */
function nameModule(module) {
  const path = module.name === 'index' ? '.' : `./${module.name}`;
  const entry = entries.find(({ name }) => name === path);
  if (entry === undefined) return;
  module.comment ??= new Comment();
  const line = `import { … } from '${entry.specifier}';`;
  module.comment.summary.push({ kind: 'code', text: `\n\n\`\`\`ts\n${line}\n\`\`\`\n` });
  if (path === '.') module.name = entry.specifier;
}

/**
 * Typedoc copies a file that a page links to. The playground is built instead, at the same place
 * relative to the pages, so its links stay as they are.
 *
 * @param {import('typedoc').CommentDisplayPart} part
 * @returns {import('typedoc').CommentDisplayPart}
 */
function toPlayground(part) {
  const isLink = part.kind === 'relative-link' && part.text.includes('playground/index.html');
  return isLink ? { kind: 'text', text: part.text } : part;
}
