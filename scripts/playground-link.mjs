/**
 * A plugin of typedoc: a link to the playground at the top of every page's sidebar.
 */
import { JSX } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.renderer.hooks.on('sidebar.begin', (context) =>
    JSX.createElement(
      'p',
      null,
      JSX.createElement('a', { href: context.relativeURL('playground/index.html') }, 'Playground'),
    ),
  );
}
