/**
 * A plugin of typedoc: documents have their headings as names and stand in their groups, the sidebar
 * begins with a link to the playground, and no page asks for an icon that is not there.
 */
import { Converter, JSX } from 'typedoc';
import { groupOf, titleOf } from './pages.mjs';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = titleOf(document.content.map(({ text }) => text).join(''));
    document.frontmatter['group'] = groupOf(document.name);
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
